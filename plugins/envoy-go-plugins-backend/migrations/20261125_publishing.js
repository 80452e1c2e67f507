/**
 * Requests to publish a plugin, and what became of them.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  // Order must be the same on every database and in every locale: that of the bytes
  const orderedText = isPostgres ? 'text collate "C"' : 'text';

  await knex.schema.createTable('publish_requests', table => {
    table.comment('Requests to publish a plugin');
    table.text('id').notNullable().primary();
    table.text('state').notNullable().comment('See PUBLISH_TRANSITIONS');
    table.text('host').notNullable();
    table.bigInteger('repository_id').notNullable();
    table.text('repository').notNullable().comment('OWNER/NAME, as it was');
    table.text('repository_url').notNullable();
    table.text('target').notNullable().comment('OWNER/NAME, where it will be');
    table
      .text('under_way')
      .unique({ indexName: 'publish_requests_under_way_idx' })
      .comment('Host and repository, until it is over: one at a time');
    table
      .text('claims_target')
      .unique({ indexName: 'publish_requests_claims_target_idx' })
      .comment('Host and target, until it is over: one at a time');
    table.text('branch').notNullable();
    table.text('commit').notNullable().comment('That was checked last');
    table.text('name').notNullable();
    table.text('title');
    table.text('description');
    table.text('description_text').comment('catalog-info.yaml at the commit');
    table.text('previous_description_text').comment('Of the plugin before');
    table.text('author').notNullable().comment('Entity ref, in lower case');
    table.text('author_login').notNullable();
    table
      .specificType('created_at', orderedText)
      .notNullable()
      .comment('ISO 8601, UTC; so are all times');
    table.specificType('updated_at', orderedText).notNullable();
    table.specificType('submitted_at', orderedText);
    table.text('search_text').notNullable();
    table.text('discussion_url');
    table.text('plugin_namespace').comment('Once it is published');
    table.text('plugin_name');
    table
      .text('saga')
      .comment('JSON object: what steps have to know of others');
    table.integer('claims').notNullable().comment('How often it was leased');
    table.integer('failures').notNullable().comment('In a row, of its worker');
    table.text('lease_owner');
    table.specificType('lease_until', orderedText);
    table.specificType('next_attempt_at', orderedText);
    table.index(['author', 'created_at'], 'publish_requests_author_idx');
    table.index(['state', 'submitted_at'], 'publish_requests_state_idx');
  });

  await knex.schema.createTable('publish_checks', table => {
    table.comment('What the checks of a request came to');
    table.text('request').notNullable();
    table.text('check_id').notNullable();
    table.integer('position').notNullable();
    table.text('title').notNullable();
    table.text('outcome').comment('passed, failed or could-not-run');
    table.text('summary');
    table.text('looked_at').comment('JSON list of strings');
    table.text('findings').comment('JSON list');
    table.text('finished_at');
    table.primary(['request', 'check_id']);
  });

  await knex.schema.createTable('publish_decisions', table => {
    table.comment('What administrators decided about requests');
    table.bigIncrements('id').notNullable();
    table.text('request').notNullable();
    table.text('kind').notNullable();
    table.text('by').notNullable().comment('Entity ref, in lower case');
    table.text('at').notNullable();
    table.text('text');
    table.text('commit').notNullable();
    table.boolean('counts').notNullable();
    table.text('exceptions').notNullable().comment('JSON list');
    table.index(['request', 'id'], 'publish_decisions_request_idx');
  });

  await knex.schema.createTable('publish_timeline', table => {
    table.comment('What happened to requests');
    table.bigIncrements('id').notNullable();
    table.text('request').notNullable();
    table.text('at').notNullable();
    table.text('actor').notNullable();
    table.text('kind').notNullable();
    table.text('text').notNullable();
    table.text('state');
    table.text('decision');
    table.text('url');
    table.index(['request', 'id'], 'publish_timeline_request_idx');
  });

  await knex.schema.createTable('publish_steps', table => {
    table.comment('The steps by which requests are carried out');
    table.text('request').notNullable();
    table.text('step_id').notNullable();
    table.integer('position').notNullable();
    table.text('state').notNullable();
    table.integer('attempts').notNullable();
    table.text('started_at');
    table.text('finished_at');
    table.text('error');
    table.text('next_attempt_at');
    table.primary(['request', 'step_id']);
  });

  await knex.schema.createTable('publish_step_log', table => {
    table.comment('What the steps did');
    table.bigIncrements('id').notNullable();
    table.text('request').notNullable();
    table.text('step_id').notNullable();
    table.text('at').notNullable();
    table.text('text').notNullable();
    table.index(['request', 'id'], 'publish_step_log_request_idx');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  for (const table of [
    'publish_step_log',
    'publish_steps',
    'publish_timeline',
    'publish_decisions',
    'publish_checks',
    'publish_requests',
  ]) {
    await knex.schema.dropTable(table);
  }
};
