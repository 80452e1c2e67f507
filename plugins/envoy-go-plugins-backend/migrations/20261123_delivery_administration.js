/**
 * What administrators look at: where deliveries came from, when they were settled, what
 * they caused; and what the webhook itself is like.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  // Order must be the same on every database and in every locale: that of the bytes
  const orderedText = isPostgres ? 'text collate "C"' : 'text';

  await knex.schema.alterTable('webhook_deliveries', table => {
    table
      .text('origin')
      .notNullable()
      .defaultTo('webhook')
      .comment('webhook, or reconciler when it had been missed');
    table
      .specificType('settled_at', orderedText)
      .comment('When it became done, ignored or dead');
  });
  await knex('webhook_deliveries')
    .whereIn('state', ['done', 'ignored', 'dead'])
    .update({ settled_at: knex.ref('received_at') });
  // What is cleaned up is looked for by age
  await knex.raw(
    `create index webhook_deliveries_settled_idx on webhook_deliveries (settled_at) where settled_at is not null`,
  );

  // The newest of a webhook says how it fares
  await knex.raw(
    'create index webhook_deliveries_hook_idx on webhook_deliveries (hook_id, id)',
  );
  if (isPostgres) {
    // Bodies are large; where this server has it, lz4 costs a tenth of the time of pglz
    const { rows } = await knex.raw(
      "select 1 from pg_settings where name = 'default_toast_compression' and 'lz4' = any(enumvals)",
    );
    if (rows.length > 0) {
      await knex.raw(
        'alter table webhook_deliveries alter column body set compression lz4',
      );
    }
    // Workers go from one order to the next, and remember where they were
    await knex.raw(
      'alter table webhook_deliveries alter column ordered_by type text collate "C"',
    );
  }

  await knex.schema.createTable('delivery_effects', table => {
    table.comment('What deliveries caused, for administrators');
    table.bigIncrements('id').notNullable();
    table
      .bigInteger('delivery')
      .notNullable()
      .references('id')
      .inTable('webhook_deliveries')
      .onDelete('CASCADE')
      .index('delivery_effects_delivery_idx');
    table.specificType('at', orderedText).notNullable();
    table.text('text').notNullable().comment('A sentence');
    table.text('entity_ref').comment('Of the plugin that it was done to');
  });

  await knex.schema.createTable('delivery_deleted_tags', table => {
    table.comment('Tags that were deleted, to notice when they are made anew');
    table.text('host').notNullable();
    table.bigInteger('repository_id').notNullable();
    table.text('tag').notNullable();
    table.text('commit').notNullable().comment('To which it pointed');
    table
      .specificType('deleted_at', orderedText)
      .notNullable()
      .index('delivery_deleted_tags_deleted_at_idx');
    table.primary(['host', 'repository_id', 'tag']);
  });

  await knex.schema.createTable('delivery_hooks', table => {
    table.comment('Webhooks of organisations on GitHub, and how they fare');
    table.text('host').notNullable();
    table.text('organization').notNullable();
    table
      .text('hook_id')
      .index('delivery_hooks_hook_id_idx')
      .comment('Given by GitHub; null while none is known');
    table.text('url').comment('The page of its settings on GitHub');
    table.text('state').notNullable().comment('As of checked_at');
    table.text('problems').notNullable().comment('JSON array');
    table.specificType('checked_at', orderedText);
    table
      .specificType('mismatch_at', orderedText)
      .comment('When a delivery of it had a wrong signature');
    table
      .specificType('secret_set_at', orderedText)
      .comment('When the portal last gave it its secret');
    table
      .specificType('reconciled_at', orderedText)
      .comment('When the deliveries of GitHub were last compared with ours');
    table
      .specificType('reconciled_until', orderedText)
      .comment('What was delivered before that was compared');
    table
      .integer('reconcile_found')
      .comment('How many were missing at reconciled_at');
    table.text('lease_owner').comment('Who is comparing now');
    table.specificType('lease_until', orderedText);
    table.primary(['host', 'organization']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('delivery_hooks');
  await knex.schema.dropTable('delivery_deleted_tags');
  await knex.schema.dropTable('delivery_effects');
  await knex.raw('drop index webhook_deliveries_hook_idx');
  await knex.raw('drop index webhook_deliveries_settled_idx');
  if (knex.client.config.client === 'pg') {
    await knex.raw(
      'alter table webhook_deliveries alter column ordered_by type text collate "default"',
    );
    await knex.raw(
      'alter table webhook_deliveries alter column body set compression default',
    );
  }
  // knex would make the whole table anew on SQLite
  await knex.raw('alter table webhook_deliveries drop column settled_at');
  await knex.raw('alter table webhook_deliveries drop column origin');
};
