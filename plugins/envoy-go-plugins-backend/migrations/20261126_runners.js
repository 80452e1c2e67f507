/**
 * The build runners that replicas of the backend have, and had.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  // Order must be the same on every database and in every locale: that of the bytes
  const orderedText = isPostgres ? 'text collate "C"' : 'text';

  await knex.schema.createTable('build_runners', table => {
    table.comment('Build runners that are connected, or were');
    table.specificType('name', orderedText).notNullable().primary();
    table.text('replica').notNullable().comment('That it is connected to');
    table.text('version').notNullable();
    table.text('hostname').notNullable();
    table.text('platforms').notNullable().comment('JSON: list');
    table.text('go').notNullable().comment('JSON: list of versions');
    table.text('isolation').notNullable().comment('JSON: list of measures');
    table.integer('concurrency').notNullable();
    table.text('builds').notNullable().comment('JSON: list of ids');
    table
      .specificType('connected_at', orderedText)
      .notNullable()
      .comment('ISO 8601, UTC; so are all times');
    table
      .specificType('seen_at', orderedText)
      .notNullable()
      .comment('Its replica writes that again and again');
    table.specificType('lost_at', orderedText);
    table.index(['lost_at', 'seen_at'], 'build_runners_seen_idx');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('build_runners');
};
