/**
 * The marketplace's read model. What lists are searched, filtered, counted and sorted by
 * is in `plugins`, whose rows are kept narrow, because searches read all of them; what is
 * shown of a plugin is in `plugin_details`, of which a page reads a few.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  // Order must be the same on every database and in every locale: that of the bytes
  const orderedText = isPostgres ? 'text collate "C"' : 'text';

  await knex.schema.createTable('plugin_groups', table => {
    table.comment('Each combination of those facets that have few values');
    table.increments('id').notNullable();
    table.text('category').notNullable();
    table.text('runtime').notNullable();
    table.text('lifecycle').notNullable();
    table
      .text('envoy_versions')
      .notNullable()
      .comment('Minor versions that the claimed range admits: " 1.38 1.39 "');
    table.unique(['category', 'runtime', 'lifecycle', 'envoy_versions'], {
      indexName: 'plugin_groups_values_idx',
    });
  });

  await knex.schema.createTable('plugins', table => {
    table.comment('What lists of plugins are searched, filtered and sorted by');
    table.increments('id').notNullable();
    table.specificType('entity_ref', orderedText).notNullable().unique();
    table
      .text('search_text')
      .notNullable()
      .comment('Normalised text that searches look into');
    table
      .integer('group_id')
      .notNullable()
      .references('id')
      .inTable('plugin_groups');
    table.text('owner').notNullable();
    table
      .specificType('sort_name', orderedText)
      .notNullable()
      .comment('The title, normalised');
    table.integer('stars');
    table.specificType('released_at', orderedText).comment('ISO 8601, UTC');
    // These and those below hold all that lists are counted and paged by, so that no rows
    // are read
    table.index(['group_id', 'owner'], 'plugins_group_idx');
    table.index(['owner', 'group_id'], 'plugins_owner_idx');
  });

  // SQLite orders nulls last when descending, but does not let an index say so
  const nullsLast = isPostgres ? 'nulls last' : '';
  const orders = {
    sort_name: 'sort_name, entity_ref, group_id, owner, stars, released_at',
    stars: `stars desc ${nullsLast}, sort_name, entity_ref, group_id, owner, released_at`,
    released_at: `released_at desc ${nullsLast}, sort_name, entity_ref, group_id, owner, stars`,
  };
  for (const [column, columns] of Object.entries(orders)) {
    await knex.raw(
      `create index plugins_${column}_idx on plugins (${columns})`,
    );
  }

  // Searches need not read every row then
  if (isPostgres) {
    // Where the extension cannot be had they do, which with ten thousand plugins takes
    // some milliseconds.
    await knex.raw(`
      do $$
      begin
        create extension if not exists pg_trgm;
        create index plugins_search_text_idx on plugins
          using gin (search_text gin_trgm_ops);
      exception when others then
        raise notice 'Searches go without pg_trgm: %', sqlerrm;
      end
      $$
    `);
  } else {
    // https://www.sqlite.org/fts5.html#external_content_tables
    await knex.raw(`
      create virtual table plugins_search using fts5 (
        search_text, content='plugins', content_rowid='id', tokenize='trigram'
      )
    `);
    const remove = `
      insert into plugins_search (plugins_search, rowid, search_text)
        values ('delete', old.id, old.search_text);`;
    const add = `
      insert into plugins_search (rowid, search_text)
        values (new.id, new.search_text);`;
    const triggers = {
      'after insert': add,
      'after update of search_text': remove + add,
      'after delete': remove,
    };
    for (const [when, statements] of Object.entries(triggers)) {
      await knex.raw(`
        create trigger plugins_search_${when.split(' ')[1]} ${when} on plugins
        begin ${statements} end
      `);
    }
  }

  await knex.schema.createTable('plugin_details', table => {
    table.comment('What is shown of a plugin, and what the upkeep of it needs');
    table
      .specificType('entity_ref', orderedText)
      .primary()
      .notNullable()
      .references('entity_ref')
      .inTable('plugins')
      .onDelete('CASCADE');
    table.text('namespace').notNullable();
    table.text('name').notNullable();
    table.text('title').notNullable();
    table.text('description');
    table.text('tags').notNullable().comment('JSON array of strings');
    table.text('filter_name').notNullable();
    table.text('envoy').notNullable().comment('Semver range that is claimed');
    table.text('release_tag');
    table.specificType('facts_as_of', orderedText).comment('ISO 8601, UTC');
    table.text('entity').notNullable().comment('JSON');
    table
      .specificType('facts_attempted_at', orderedText)
      .index('plugins_facts_attempted_at_idx')
      .comment(
        'When GitHub was last asked, whether or not it answered; ISO 8601, UTC',
      );
    table
      .text('hash')
      .notNullable()
      .comment('Of the entity and of how the rows are derived from it');
    table
      .integer('missed_passes')
      .notNullable()
      .defaultTo(0)
      .comment('Complete passes over the catalog in a row that did not see it');
  });

  await knex.schema.createTable('marketplace_state', table => {
    table.comment('A single row');
    table.integer('id').primary().notNullable();
    table
      .bigInteger('data_version')
      .notNullable()
      .comment('Grows with every change that counts could show');
  });
  await knex('marketplace_state').insert({ id: 1, data_version: 1 });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('marketplace_state');
  await knex.schema.dropTable('plugin_details');
  if (knex.client.config.client !== 'pg') {
    await knex.schema.dropTable('plugins_search');
  }
  await knex.schema.dropTable('plugins');
  await knex.schema.dropTable('plugin_groups');
};
