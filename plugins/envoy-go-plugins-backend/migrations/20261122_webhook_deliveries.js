/**
 * What GitHub's webhooks delivered, and what became of it.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  // Order must be the same on every database and in every locale: that of the bytes
  const orderedText = isPostgres ? 'text collate "C"' : 'text';

  await knex.schema.createTable('webhook_deliveries', table => {
    table.comment('What webhooks of GitHub delivered');
    table.bigIncrements('id').notNullable().comment('In order of arrival');
    table
      .text('delivery_id')
      .notNullable()
      .unique({ indexName: 'webhook_deliveries_delivery_id_idx' });
    table.text('hook_id').comment('Of the webhook');
    table.text('event').notNullable();
    table.text('action');
    table.bigInteger('repository_id');
    table.text('repository').comment('OWNER/NAME, as it was then');
    table
      .text('ordered_by')
      .notNullable()
      .comment('Deliveries that have this in common are handled one by one');
    table.text('headers').notNullable().comment('JSON object');
    table.text('body').notNullable().comment('As it was signed');
    table
      .specificType('received_at', orderedText)
      .notNullable()
      .comment('ISO 8601, UTC; so are all times');
    table
      .text('state')
      .notNullable()
      .comment('received, processing, done, ignored, failed or dead');
    table
      .integer('attempts')
      .notNullable()
      .comment('Begun ones, since it was received or last replayed');
    table
      .specificType('next_attempt_at', orderedText)
      .comment('While it is failed');
    table.text('lease_owner').comment('The worker, while it is processing');
    table
      .specificType('lease_until', orderedText)
      .comment('Afterwards another worker may take it over');
    table.text('error').comment('Of the last attempt that failed');
  });

  // Few are unfinished at a time, and only those are looked for
  const unfinished = `where state in ('received', 'processing', 'failed')`;
  await knex.raw(
    `create index webhook_deliveries_unfinished_idx on webhook_deliveries (id) ${unfinished}`,
  );
  await knex.raw(
    `create index webhook_deliveries_order_idx on webhook_deliveries (ordered_by, id) ${unfinished}`,
  );
  await knex.raw(
    `create index webhook_deliveries_processing_idx on webhook_deliveries (ordered_by) where state = 'processing'`,
  );
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('webhook_deliveries');
};
