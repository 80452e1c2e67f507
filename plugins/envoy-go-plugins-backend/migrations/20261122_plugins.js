/**
 * The marketplace's read model: one narrow row per plugin for lists and facets, the
 * entity beside it, and a counter that every change to what lists show increments.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const isPostgres = knex.client.config.client === 'pg';

  // Ordering must be the same on every database and in every locale: by bytes.
  const ordered = (table, name) =>
    isPostgres
      ? table.specificType(name, 'text collate "C"')
      : table.text(name);

  await knex.schema.createTable('plugins', table => {
    table.comment('What the marketplace shows of a plugin in lists');
    ordered(table, 'entity_ref').primary().notNullable();
    table.text('namespace').notNullable();
    table.text('name').notNullable();
    table.text('title').notNullable();
    ordered(table, 'sort_name')
      .notNullable()
      .comment('The title, normalised, by which lists are ordered');
    table.text('description');
    table.text('tags').notNullable().comment('JSON array of strings');
    table.text('category').notNullable();
    table.text('runtime').notNullable();
    table.text('lifecycle').notNullable();
    table.text('owner').notNullable();
    table.text('filter_name').notNullable();
    table.text('envoy').notNullable().comment('Semver range that is claimed');
    table
      .text('envoy_versions')
      .notNullable()
      .comment('Minor versions that the range admits: " 1.38 1.39 "');
    table
      .text('search_text')
      .notNullable()
      .comment('Normalised text that searches look into');
    table.integer('stars');
    table.text('release_tag');
    ordered(table, 'released_at').comment('ISO 8601, UTC');
    ordered(table, 'facts_as_of').comment('ISO 8601, UTC');
    ordered(table, 'facts_attempted_at').comment(
      'When GitHub was last asked, whether or not it answered; ISO 8601, UTC',
    );
    table
      .text('hash')
      .notNullable()
      .comment('Of the entity and of how the row is derived from it');
    table
      .integer('missed_passes')
      .notNullable()
      .defaultTo(0)
      .comment('Complete passes over the catalog in a row that did not see it');
    table.index(['facts_attempted_at'], 'plugins_facts_attempted_at_idx');
    // Each holds all that lists are filtered and counted by, so that no rows are read
    table.index(
      ['category', 'runtime', 'lifecycle', 'envoy_versions', 'owner'],
      'plugins_groups_idx',
    );
    table.index(
      ['owner', 'category', 'runtime', 'lifecycle', 'envoy_versions'],
      'plugins_owners_idx',
    );
  });

  // SQLite orders nulls last when descending, but does not let an index say so.
  const nullsLast = isPostgres ? 'nulls last' : '';
  const orders = {
    sort_name: 'sort_name',
    stars: `stars desc ${nullsLast}, sort_name`,
    released_at: `released_at desc ${nullsLast}, sort_name`,
  };
  for (const [column, order] of Object.entries(orders)) {
    await knex.raw(
      `create index plugins_${column}_idx on plugins (${order}, entity_ref, lifecycle, category, runtime, owner, envoy_versions)`,
    );
  }

  await knex.schema.createTable('plugin_entities', table => {
    table.comment('The catalog entity of each plugin, for its own page');
    table
      .specificType('entity_ref', isPostgres ? 'text collate "C"' : 'text')
      .primary()
      .notNullable()
      .references('entity_ref')
      .inTable('plugins')
      .onDelete('CASCADE');
    table.text('entity').notNullable().comment('JSON');
  });

  await knex.schema.createTable('marketplace_state', table => {
    table.comment('A single row');
    table.integer('id').primary().notNullable();
    table
      .bigInteger('data_version')
      .notNullable()
      .comment('Grows with every change that facets could show');
  });
  await knex('marketplace_state').insert({ id: 1, data_version: 1 });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('marketplace_state');
  await knex.schema.dropTable('plugin_entities');
  await knex.schema.dropTable('plugins');
};
