/**
 * Requests to publish a plugin that their authors hand over themselves, and that are discussed
 * in an issue, too.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  // Order must be the same on every database and in every locale: that of the bytes
  const orderedText = isPostgres ? 'text collate "C"' : 'text';

  await knex.schema.alterTable('publish_requests', table => {
    table
      .text('handed_over_at')
      .comment('When GitHub last accepted the transfer of its author');
  });

  await knex.schema.createTable('publish_discussions', table => {
    table.comment('Issues that mirror the discussion of a request');
    table.text('request').notNullable().primary();
    table.text('host').notNullable();
    table
      .bigInteger('repository_id')
      .comment('Of the issue, once that is known; so are the following');
    table.bigInteger('issue_number');
    table.text('shown_state').comment('That the labels of the issue tell');
    table
      .specificType('opening_at', orderedText)
      .comment('When the issue was first asked for; ISO 8601, UTC');
    table.text('ended_because').comment('Why nothing is mirrored any more');
    table.text('error').comment('Of the last attempt');
    table.integer('claims').notNullable().comment('How often it was leased');
    table.integer('failures').notNullable().comment('In a row');
    table.text('lease_owner');
    table.specificType('lease_until', orderedText);
    table
      .specificType('next_attempt_at', orderedText)
      .comment('Null where there is nothing to do');
    table.specificType('looked_at', orderedText).comment('By the reconciler');
    table.unique(['host', 'repository_id', 'issue_number'], {
      indexName: 'publish_discussions_issue_idx',
    });
    table.index(['next_attempt_at'], 'publish_discussions_due_idx');
  });

  await knex.schema.createTable('publish_discussion_outbox', table => {
    table.comment('What is to be told in the issue of a request');
    table.bigIncrements('id').notNullable();
    table.text('request').notNullable();
    table.text('key').notNullable().comment('What it tells, once');
    table.text('text').comment('Of notices; else that of the timeline');
    table
      .specificType('posting_at', orderedText)
      .comment('When it was first asked for; ISO 8601, UTC');
    table.bigInteger('comment_id').comment('Once it is there');
    table.boolean('done').notNullable();
    table.unique(['request', 'key'], {
      indexName: 'publish_discussion_outbox_key_idx',
    });
    table.index(['request', 'done', 'id'], 'publish_discussion_outbox_idx');
  });

  await knex.schema.createTable('publish_discussion_comments', table => {
    table.comment('Comments on issues that the timeline has, or had');
    table.text('host').notNullable();
    table.bigInteger('comment_id').notNullable();
    table.text('request').notNullable();
    table.bigInteger('entry_id').notNullable().comment('Of the timeline');
    table.text('origin').notNullable().comment('portal or github');
    table.specificType('updated_at', orderedText).notNullable();
    table.boolean('deleted').notNullable();
    table.primary(['host', 'comment_id']);
    table.index(['request'], 'publish_discussion_comments_request_idx');
  });

  await knex.schema.createTable('publish_discussion_places', table => {
    table.comment('Repositories that issues are in');
    table.text('host').notNullable();
    table.bigInteger('repository_id').notNullable();
    table.text('owner').notNullable();
    table.text('name').notNullable();
    table
      .specificType('seen_until', orderedText)
      .notNullable()
      .comment('What was changed before that was looked at');
    table.primary(['host', 'repository_id']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  for (const table of [
    'publish_discussion_places',
    'publish_discussion_comments',
    'publish_discussion_outbox',
    'publish_discussions',
  ]) {
    await knex.schema.dropTable(table);
  }
  await knex.schema.alterTable('publish_requests', table => {
    table.dropColumn('handed_over_at');
  });
};
