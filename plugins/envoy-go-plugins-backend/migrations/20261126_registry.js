/**
 * What the token server of the registry signs with, how often images were pulled, and the
 * manifests of published releases, so that they can be put back.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  // Order must be the same on every database and in every locale: that of the bytes
  const orderedText = isPostgres ? 'text collate "C"' : 'text';

  await knex.schema.createTable('registry_token_keys', table => {
    table.comment('What tokens are signed with, where it is not configured');
    table.text('name').notNullable().primary();
    table.text('private_key').notNullable().comment('PEM, PKCS #8');
    table.text('certificate').notNullable().comment('PEM, of the same key');
    table
      .text('created_at')
      .notNullable()
      .comment('ISO 8601, UTC; so are all times');
  });

  await knex.schema.createTable('registry_events', table => {
    table.comment('Events of the registry that were counted');
    table.text('id').notNullable().primary();
    table.specificType('counted_at', orderedText).notNullable();
    table.index(['counted_at'], 'registry_events_counted_at_idx');
  });

  await knex.schema.createTable('registry_pulls', table => {
    table.comment('How often manifests were pulled');
    table.text('repository').notNullable().comment('Without the host');
    table.text('digest').notNullable();
    table.text('tag').notNullable().comment('Empty where it was by digest');
    table.bigInteger('pulls').notNullable();
    table.text('last_pulled_at').notNullable();
    table.primary(['repository', 'digest', 'tag']);
  });

  await knex.schema.createTable('registry_manifests', table => {
    table.comment('Manifests of published releases');
    table
      .specificType('repository', orderedText)
      .notNullable()
      .comment("With the registry's host");
    table.text('digest').notNullable();
    table.text('media_type').notNullable();
    table.text('content').notNullable().comment('Byte by byte, UTF-8');
    table.specificType('kept_at', orderedText).notNullable();
    table
      .text('missing')
      .comment('JSON list of digests that the registry lost');
    table.primary(['repository', 'digest']);
    table.index(['kept_at'], 'registry_manifests_kept_at_idx');
  });

  await knex.schema.createTable('registry_tags', table => {
    table.comment('What the tags of published releases point to');
    table.specificType('repository', orderedText).notNullable();
    table.text('tag').notNullable();
    table.text('digest').notNullable();
    table.primary(['repository', 'tag']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  for (const table of [
    'registry_tags',
    'registry_manifests',
    'registry_pulls',
    'registry_events',
    'registry_token_keys',
  ]) {
    await knex.schema.dropTable(table);
  }
};
