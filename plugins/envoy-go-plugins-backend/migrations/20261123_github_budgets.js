/**
 * What the portal's credentials may still ask GitHub, which all replicas share; and the
 * headers of GitHub's answers that are kept, such as where the next page is.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  // Order must be the same on every database and in every locale: that of the bytes
  const orderedText = isPostgres ? 'text collate "C"' : 'text';

  await knex.schema.createTable('github_credentials', table => {
    table.comment('Credentials that GitHub was asked with; nothing secret');
    table.text('id').primary().notNullable().comment('Opaque');
    table.text('host').notNullable();
    table.text('label').notNullable().comment('For people');
    table.text('kind').notNullable().comment('portal or user');
    table
      .specificType('used_at', orderedText)
      .notNullable()
      .comment('About when it was last used; ISO 8601, UTC; so are all times');
    table.specificType('paused_from', orderedText);
    table
      .specificType('paused_until', orderedText)
      .comment('Until when GitHub asked not to be asked');
    table.text('pause_reason').comment('A sentence');
  });

  await knex.schema.createTable('github_budgets', table => {
    table.comment('What GitHub last said is left');
    table
      .text('credential')
      .notNullable()
      .references('id')
      .inTable('github_credentials')
      .onDelete('CASCADE');
    table.text('resource').notNullable().comment('Such as core or graphql');
    table.integer('limit').notNullable();
    table.integer('remaining').notNullable();
    table
      .specificType('reset_at', orderedText)
      .notNullable()
      .comment('When counting starts anew');
    table
      .specificType('observed_at', orderedText)
      .notNullable()
      .comment('When GitHub said so');
    table.primary(['credential', 'resource']);
  });

  await knex.schema.createTable('github_usage', table => {
    table.comment('What was used of the budgets, in five minutes each');
    table
      .text('credential')
      .notNullable()
      .references('id')
      .inTable('github_credentials')
      .onDelete('CASCADE');
    table.text('resource').notNullable();
    table.specificType('bucket_at', orderedText).notNullable();
    table.text('lane').notNullable().comment('urgent, page or sweep');
    table.integer('used').notNullable().comment('Requests, or points');
    table
      .integer('not_modified')
      .notNullable()
      .comment('Requests that cost nothing: 304');
    table.primary(['credential', 'resource', 'bucket_at', 'lane']);
    table.index('bucket_at', 'github_usage_bucket_at_idx');
  });

  await knex.schema.alterTable('github_responses', table => {
    table.text('headers').comment('JSON object, of those that matter');
    // GitHub is asked each time whether an answer still holds
    table.dropColumn('invalidated_at');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('github_responses', table => {
    table.dropColumn('headers');
    table
      .text('invalidated_at')
      .comment(
        'What was asked until then may have changed since; ISO 8601, UTC',
      );
  });
  await knex.schema.dropTable('github_usage');
  await knex.schema.dropTable('github_budgets');
  await knex.schema.dropTable('github_credentials');
};
