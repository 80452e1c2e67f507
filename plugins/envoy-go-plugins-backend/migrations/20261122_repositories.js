/**
 * Which repository a plugin is in, so that a change of it finds the plugin; and since when
 * an answer of GitHub is known to be outdated.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('plugin_details', table => {
    table
      .text('repository')
      .index('plugin_details_repository_idx')
      .comment('HOST/OWNER/NAME, in lower case');
  });
  await knex.schema.alterTable('github_responses', table => {
    table
      .text('invalidated_at')
      .comment(
        'What was asked until then may have changed since; ISO 8601, UTC',
      );
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('github_responses', table => {
    table.dropColumn('invalidated_at');
  });
  await knex.schema.alterTable('plugin_details', table => {
    table.dropIndex('repository', 'plugin_details_repository_idx');
    table.dropColumn('repository');
  });
};
