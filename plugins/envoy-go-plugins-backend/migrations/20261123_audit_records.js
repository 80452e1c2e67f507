/**
 * Who did what.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  // Order must be the same on every database and in every locale: that of the bytes
  const orderedText = isPostgres ? 'text collate "C"' : 'text';

  await knex.schema.createTable('audit_records', table => {
    table.comment('What people and the portal did');
    table.bigIncrements('id').notNullable().comment('In order of writing');
    table
      .specificType('at', orderedText)
      .notNullable()
      .comment('ISO 8601, UTC');
    table
      .text('actor')
      .notNullable()
      .comment('Entity ref of who did it, or "system"');
    table.text('action').notNullable().comment('Such as member.invite');
    table.text('subject').comment('What it was done to');
    table.text('outcome').notNullable().comment('succeeded or failed');
    table.text('message').notNullable().comment('A sentence for people');
    table.text('details').comment('JSON object; never a secret');
    table
      .text('search_text')
      .notNullable()
      .comment('What a search looks through, in lower case');
    table.index(['at', 'id'], 'audit_records_at_idx');
    table.index(['actor', 'at'], 'audit_records_actor_idx');
    table.index(['action', 'at'], 'audit_records_action_idx');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('audit_records');
};
