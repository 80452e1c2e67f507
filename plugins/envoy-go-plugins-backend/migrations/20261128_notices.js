/**
 * What somebody is still to be told by a notification.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  // Order must be the same on every database and in every locale: that of the bytes
  const orderedText = isPostgres ? 'text collate "C"' : 'text';

  await knex.schema.createTable('notices', table => {
    table.comment('What somebody is still to be told; gone once it was');
    table.bigIncrements('id').notNullable();
    table.text('notice').notNullable().comment('JSON: whom, and what');
    table.text('at').notNullable().comment('ISO 8601, UTC; so are all times');
    table.integer('claims').notNullable().comment('How often it was leased');
    table.integer('failures').notNullable();
    table.text('lease_owner');
    table.specificType('lease_until', orderedText);
    table.specificType('next_attempt_at', orderedText);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('notices');
};
