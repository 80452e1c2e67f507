/**
 * GitHub's answers, kept so that a question can be asked again conditionally (ETag) and
 * answered while GitHub is away.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('github_responses', table => {
    table.comment('The last answer of GitHub to each GET request');
    table.text('url').primary().notNullable().comment('With host and query');
    table.text('etag');
    table.integer('status').notNullable().comment('200 or 404');
    table.text('body').comment('JSON; absent for 404');
    table
      .text('checked_at')
      .notNullable()
      .index('github_responses_checked_at_idx')
      .comment('When GitHub last said that this holds; ISO 8601, UTC');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('github_responses');
};
