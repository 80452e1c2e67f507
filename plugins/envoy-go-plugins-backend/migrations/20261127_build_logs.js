/**
 * Logs of builds are not kept for ever.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('builds', table => {
    table
      .text('log_removed_at')
      .comment('When its log was removed; ISO 8601, UTC');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('builds', table => {
    table.dropColumn('log_removed_at');
  });
};
