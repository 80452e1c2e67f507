/**
 * What is built: builds with their steps and logs, and whose turn it is.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  // Order must be the same on every database and in every locale: that of the bytes
  const orderedText = isPostgres ? 'text collate "C"' : 'text';

  await knex.schema.createTable('builds', table => {
    table.comment('What is to be built, is, and was');
    table.text('id').notNullable().primary();
    table
      .text('order_key')
      .notNullable()
      .unique({ indexName: 'builds_order_key_idx' })
      .comment('What is the same order has the same; see orderKeyOf');
    table.text('kind').notNullable().comment('request, release or rebuild');
    table
      .integer('priority')
      .notNullable()
      .comment('Of the kind; what has less goes first');
    table.text('state').notNullable().comment('See BUILD_TRANSITIONS');
    table.text('plugin').notNullable().comment('NAMESPACE/NAME, in lower case');
    table.text('plugin_namespace').notNullable();
    table.text('plugin_name').notNullable();
    table.text('host').notNullable();
    table.bigInteger('repository_id').notNullable().comment("GitHub's");
    table.text('repository').notNullable().comment('OWNER/NAME, as it was');
    table.text('commit').notNullable();
    table.bigInteger('release_id').comment("GitHub's");
    table.text('release').comment('JSON: OrderedRelease');
    table.text('request_id');
    table
      .text('requested_by')
      .notNullable()
      .comment('Entity ref, in lower case; or system');
    table.text('request_reason');
    table.text('search_text').notNullable();
    table
      .specificType('created_at', orderedText)
      .notNullable()
      .comment('ISO 8601, UTC; so are all times');
    table
      .specificType('queued_at', orderedText)
      .notNullable()
      .comment('When somebody or an event queued it last');
    table.specificType('started_at', orderedText);
    table.specificType('ended_at', orderedText);
    table.integer('attempts').notNullable().comment('How often it was begun');
    table
      .integer('tries')
      .notNullable()
      .comment('As attempts, since somebody or an event queued it last');
    table.specificType('next_attempt_at', orderedText);
    table.integer('claims').notNullable().comment('How often it was leased');
    table.text('lease_owner');
    table.specificType('lease_until', orderedText);
    table.text('cancel_actor').comment('Who wishes it to be stopped');
    table.text('cancel_reason');
    table.text('runner');
    table.text('reason').comment('Why it did not pass, or waits: a sentence');
    table.integer('log_lines').notNullable();
    table.integer('log_bytes').notNullable();
    table.text('go');
    table.text('libraries').comment('JSON list');
    table.text('proofs').comment('JSON list');
    table.text('vulnerabilities').comment('JSON');
    table.text('image');
    table.index(['state', 'priority', 'queued_at'], 'builds_state_idx');
    table.index(['plugin', 'state'], 'builds_plugin_idx');
    table.index(['host', 'repository_id', 'release_id'], 'builds_release_idx');
    table.index(['ended_at'], 'builds_ended_at_idx');
  });

  await knex.schema.createTable('build_turns', table => {
    table.comment('When plugins had their turn: fairness among them');
    table.text('plugin').notNullable().primary();
    table.specificType('served_at', orderedText).notNullable();
  });

  await knex.schema.createTable('build_steps', table => {
    table.comment('The steps of the last attempt of builds');
    table.text('build').notNullable();
    table.text('name').notNullable();
    table.integer('position').notNullable();
    table.text('state').notNullable();
    table.text('reason');
    table.text('started_at');
    table.text('ended_at');
    table.float('duration_ms');
    table.primary(['build', 'name']);
  });

  await knex.schema.createTable('build_log', table => {
    table.comment('What builds printed, many lines in a row');
    table.text('build').notNullable();
    table.integer('first_line').notNullable().comment('Its number, from 1');
    table.integer('last_line').notNullable();
    table.text('lines').notNullable().comment('JSON list of [step, text]');
    table.primary(['build', 'first_line']);
  });

  await knex.schema.createTable('build_repositories', table => {
    table.comment('Repositories of which releases are built');
    table.text('host').notNullable();
    table.bigInteger('repository_id').notNullable().comment("GitHub's");
    table
      .specificType('since', orderedText)
      .notNullable()
      .comment('When it was seen first; ISO 8601, UTC');
    table.primary(['host', 'repository_id']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  for (const table of [
    'build_repositories',
    'build_log',
    'build_steps',
    'build_turns',
    'builds',
  ]) {
    await knex.schema.dropTable(table);
  }
};
