/**
 * The people of the organisation that is the store, as GitHub listed them last.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  // Compared in the database, so the order must be that of the bytes
  const orderedText = isPostgres ? 'text collate "C"' : 'text';

  await knex.schema.createTable('organization_people', table => {
    table.comment('What GitHub said of the people of an organisation');
    table.text('host').notNullable();
    table.text('organization').notNullable().comment('Login, in lower case');
    table.text('part').notNullable().comment('members, teams or invitations');
    table
      .specificType('changed_at', orderedText)
      .comment('ISO 8601, UTC: what was asked before that is out of date');
    table
      .specificType('as_of', orderedText)
      .comment('ISO 8601, UTC: when GitHub was asked');
    table.text('value').comment('JSON');
    table.primary(['host', 'organization', 'part']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('organization_people');
};
