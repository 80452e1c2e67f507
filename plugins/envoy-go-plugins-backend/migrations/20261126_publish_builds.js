/**
 * Which build a check of a request reads.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('publish_checks', table => {
    table.text('build_id').comment('The build that it reads');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('publish_checks', table => {
    table.dropColumn('build_id');
  });
};
