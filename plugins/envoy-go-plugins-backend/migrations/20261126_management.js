/**
 * What is done to published plugins: operations, the steps that they consist of, and the
 * plugins that went back to their authors.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  // Order must be the same on every database and in every locale: that of the bytes
  const orderedText = isPostgres ? 'text collate "C"' : 'text';

  await knex.schema.createTable('management_operations', table => {
    table.comment('What is done to published plugins');
    table.bigIncrements('position').notNullable();
    table.text('id').notNullable().unique('management_operations_id_idx');
    table.text('action').notNullable().comment('See MANAGEMENT_STEPS');
    table.text('state').notNullable().comment('running, done or failed');
    table.text('namespace').notNullable();
    table.text('name').notNullable();
    table.text('entity_ref').notNullable().comment('In lower case');
    table
      .text('under_way')
      .unique({ indexName: 'management_operations_under_way_idx' })
      .comment('The entity ref while it runs: one at a time');
    table.text('host').notNullable();
    table.bigInteger('repository_id').notNullable();
    table.text('repository').notNullable().comment('OWNER/NAME, as it was');
    table.text('title').notNullable();
    table.text('by').notNullable().comment('Entity ref, in lower case');
    table.text('reason').notNullable();
    table.text('version').comment('Of the release that it is about');
    table.text('build').comment('The build that a rebuild is');
    table.text('parameters').notNullable().comment('JSON: what it needs');
    table.text('notes').comment('JSON: what steps have to know of others');
    table.text('before').comment('JSON, for the record');
    table.text('after').comment('JSON, for the record');
    table
      .specificType('started_at', orderedText)
      .notNullable()
      .comment('ISO 8601, UTC; so are all times');
    table.text('ended_at');
    table.integer('claims').notNullable().comment('How often it was leased');
    table.integer('failures').notNullable().comment('In a row, of its worker');
    table.text('lease_owner');
    table.specificType('lease_until', orderedText);
    table.specificType('next_attempt_at', orderedText);
    table.index(
      ['entity_ref', 'position'],
      'management_operations_entity_ref_idx',
    );
    table.index(['state', 'started_at'], 'management_operations_state_idx');
  });

  await knex.schema.createTable('management_steps', table => {
    table.comment('The steps of operations');
    table.text('operation').notNullable();
    table.text('step_id').notNullable();
    table.integer('position').notNullable();
    table.text('state').notNullable();
    table.integer('attempts').notNullable();
    table.text('started_at');
    table.text('finished_at');
    table.text('error');
    table.primary(['operation', 'step_id']);
  });

  await knex.schema.createTable('management_step_log', table => {
    table.comment('What the steps did');
    table.bigIncrements('id').notNullable();
    table.text('operation').notNullable();
    table.text('step_id').notNullable();
    table.text('at').notNullable();
    table.text('text').notNullable();
    table.index(['operation', 'id'], 'management_step_log_operation_idx');
  });

  await knex.schema.createTable('unpublished_plugins', table => {
    table.comment('Plugins that went back; what was built of them stays');
    table.text('host').notNullable();
    table.bigInteger('repository_id').notNullable();
    table.text('entity_ref').notNullable().comment('In lower case');
    table.text('operation').notNullable();
    table.text('moved_to').notNullable().comment('OWNER/NAME');
    table.text('reason').notNullable();
    table.text('at').notNullable();
    table.primary(['host', 'repository_id']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  for (const table of [
    'unpublished_plugins',
    'management_step_log',
    'management_steps',
    'management_operations',
  ]) {
    await knex.schema.dropTable(table);
  }
};
