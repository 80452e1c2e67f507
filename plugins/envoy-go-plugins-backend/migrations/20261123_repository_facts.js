/**
 * What GitHub says of the plugins' repositories, kept by GitHub's own ids, which stay when
 * a repository is renamed or transferred, and are never given to another one. And who may
 * see which plugin.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  // Order must be the same on every database and in every locale: that of the bytes
  const orderedText = isPostgres ? 'text collate "C"' : 'text';

  await knex.schema.createTable('repositories', table => {
    table.comment('The repositories of plugins, as GitHub last described them');
    table.text('host').notNullable();
    table.bigInteger('repository_id').notNullable().comment("GitHub's");
    table.text('node_id').notNullable();
    table
      .text('location')
      .notNullable()
      .index('repositories_location_idx')
      .comment('HOST/OWNER/NAME, in lower case, as it is called now');
    table.text('snapshot').notNullable().comment('JSON');
    table
      .specificType('as_of', orderedText)
      .notNullable()
      .comment('When GitHub was asked for the snapshot; ISO 8601, UTC');
    table
      .integer('parts_due')
      .notNullable()
      .comment('1 where something that the snapshot has not is outdated');
    table.text('failure').comment('Why GitHub did not say, in a sentence');
    table.specificType('failed_at', orderedText);
    table
      .specificType('deleted_at', orderedText)
      .comment('Since when GitHub says that there is none');
    table.primary(['host', 'repository_id']);
  });
  await knex.raw(
    'create index repositories_parts_due_idx on repositories (as_of) where parts_due = 1',
  );

  await knex.schema.createTable('repository_parts', table => {
    table.comment('What GitHub said of a repository beyond its snapshot');
    table.text('host').notNullable();
    table.bigInteger('repository_id').notNullable();
    table
      .text('part')
      .notNullable()
      .comment('readme, source, releases, discussions or readers');
    table.text('value').notNullable().comment('JSON');
    table
      .text('version')
      .notNullable()
      .comment('Of the snapshot as far as this part follows from it');
    table.specificType('as_of', orderedText).notNullable();
    table.primary(['host', 'repository_id', 'part']);
  });

  await knex.schema.createTable('repository_releases', table => {
    table.comment('Every release there ever was');
    table.text('host').notNullable();
    table.bigInteger('repository_id').notNullable();
    table.bigInteger('release_id').notNullable().comment("GitHub's");
    table
      .specificType('published_at', orderedText)
      .notNullable()
      .comment('ISO 8601, UTC; so are all times');
    table.text('release').notNullable().comment('JSON');
    table
      .text('readme')
      .comment('JSON, as it was at the commit; null while it was not read');
    table.primary(['host', 'repository_id', 'release_id']);
  });

  await knex.schema.createTable('repository_activity', table => {
    table.comment('What happened to repositories');
    table.bigIncrements('id').notNullable();
    table.text('host').notNullable();
    table.bigInteger('repository_id').notNullable();
    table
      .text('subject')
      .notNullable()
      .comment('What it was, so that it is not told twice');
    table
      .integer('observed')
      .notNullable()
      .comment('1 where it was noticed afterwards; the time is when');
    table.specificType('at', orderedText).notNullable();
    table.text('activity').notNullable().comment('JSON');
    table.unique(['host', 'repository_id', 'subject', 'at'], {
      indexName: 'repository_activity_subject_idx',
    });
    table.index(['host', 'repository_id', 'at'], 'repository_activity_at_idx');
  });

  await knex.schema.createTable('repository_readers', table => {
    table.comment('Who may see private repositories');
    table.text('repository').notNullable().comment('HOST/ID');
    table.text('host').notNullable();
    table.text('login').notNullable().comment('In lower case');
    table.primary(['repository', 'host', 'login']);
    table.index(['host', 'login'], 'repository_readers_login_idx');
  });

  await knex.schema.createTable('plugin_repositories', table => {
    table.comment('Which repository a plugin is in');
    table.specificType('entity_ref', orderedText).primary().notNullable();
    table
      .text('location')
      .notNullable()
      .comment(
        'HOST/OWNER/NAME, as the plugin said when this was found out; where it says another now this does not hold',
      );
    table.text('host').notNullable();
    table
      .bigInteger('repository_id')
      .comment("GitHub's; null while GitHub has not said which");
    table
      .specificType('due_at', orderedText)
      .index('plugin_repositories_due_at_idx')
      .comment('When GitHub is asked next; ISO 8601, UTC');
    table.text('failure').comment('Why GitHub did not say, in a sentence');
    table.specificType('failed_at', orderedText);
    table.index(['host', 'repository_id'], 'plugin_repositories_id_idx');
  });

  await knex.schema.alterTable('plugin_details', table => {
    table.dropIndex('facts_attempted_at', 'plugins_facts_attempted_at_idx');
  });
  await knex.schema.alterTable('plugin_details', table => {
    table.dropColumn('facts_attempted_at');
  });
  await dropIndexes(knex);
  await knex.schema.alterTable('plugins', table => {
    table
      .text('restricted_to')
      .notNullable()
      .defaultTo('')
      .comment('HOST/ID of the repository whose readers alone may see it');
  });
  await createIndexes(knex, ', restricted_to');
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  await dropIndexes(knex);
  await knex.schema.alterTable('plugins', table => {
    table.dropColumn('restricted_to');
  });
  await createIndexes(knex, '');
  await knex.schema.alterTable('plugin_details', table => {
    table
      .specificType(
        'facts_attempted_at',
        isPostgres ? 'text collate "C"' : 'text',
      )
      .index('plugins_facts_attempted_at_idx');
  });
  for (const table of [
    'plugin_repositories',
    'repository_readers',
    'repository_activity',
    'repository_releases',
    'repository_parts',
    'repositories',
  ]) {
    await knex.schema.dropTable(table);
  }
};

/** Those that hold all that lists are counted and paged by, so that no rows are read. */
function indexes(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  // SQLite orders nulls last when descending, but does not let an index say so
  const nullsLast = isPostgres ? 'nulls last' : '';
  return {
    plugins_group_idx: 'group_id, owner',
    plugins_owner_idx: 'owner, group_id',
    plugins_sort_name_idx:
      'sort_name, entity_ref, group_id, owner, stars, released_at',
    plugins_stars_idx: `stars desc ${nullsLast}, sort_name, entity_ref, group_id, owner, released_at`,
    plugins_released_at_idx: `released_at desc ${nullsLast}, sort_name, entity_ref, group_id, owner, stars`,
  };
}

async function dropIndexes(knex) {
  for (const name of Object.keys(indexes(knex))) {
    await knex.raw(`drop index ${name}`);
  }
}

async function createIndexes(knex, more) {
  for (const [name, columns] of Object.entries(indexes(knex))) {
    await knex.raw(`create index ${name} on plugins (${columns}${more})`);
  }
}
