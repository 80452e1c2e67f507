/**
 * What became of releases: image, proofs, what is said of them. Kept by GitHub's ids. And
 * what was pushed into the registry, so that what nothing names can be removed.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  // Order must be the same on every database and in every locale: that of the bytes
  const orderedText = isPostgres ? 'text collate "C"' : 'text';

  await knex.schema.createTable('plugin_versions', table => {
    table.comment('What became of the releases of plugins');
    table.text('host').notNullable();
    table.bigInteger('repository_id').notNullable().comment("GitHub's");
    table.bigInteger('release_id').notNullable().comment("GitHub's");
    table.text('commit').notNullable().comment('Full hash');
    table.text('version').notNullable().comment('Without v');
    table.text('tag').notNullable();
    table.integer('prerelease').notNullable().comment('0 or 1');
    table
      .text('state')
      .notNullable()
      .comment('publishing, published, proven (no registry) or refused');
    table.text('reason').comment('Why there is no image, a sentence');
    table.text('build_id').notNullable().comment('The last that counted');
    table
      .text('described')
      .comment(
        'JSON: what the image is made of besides the libraries, as it was when it was tried first',
      );
    table.text('image').comment('JSON; null where there is none');
    table.text('digest').comment('Of the image');
    table.text('go');
    table.text('libraries').notNullable().comment('JSON');
    table.text('proofs').notNullable().comment('JSON');
    table.text('vulnerabilities').comment('JSON');
    table
      .specificType('pushed_at', orderedText)
      .comment('When it was published or proven; ISO 8601, UTC');
    table.specificType('yanked_at', orderedText).comment('As GitHub says');
    table.text('yank_reason');
    table
      .integer('followed')
      .notNullable()
      .defaultTo(1)
      .comment('0 where the registry has not heard yet that it is yanked');
    table.primary(['host', 'repository_id', 'release_id', 'commit']);
    table.index(['pushed_at'], 'plugin_versions_pushed_at_idx');
    table.index(['digest'], 'plugin_versions_digest_idx');
  });
  await knex.raw(
    'create index plugin_versions_followed_idx on plugin_versions (host, repository_id) where followed = 0',
  );

  await knex.schema.createTable('registry_images', table => {
    table.comment('The images of plugins, and who works at one now');
    table.text('name').primary().notNullable();
    table.text('host').notNullable();
    table
      .bigInteger('repository_id')
      .notNullable()
      .comment("GitHub's, of the repository that it belongs to");
    table.text('holder').comment('Who works at it; null where nobody does');
    table.specificType('held_until', orderedText).comment('ISO 8601, UTC');
  });

  await knex.schema.createTable('registry_content', table => {
    table.comment('What was or may have been pushed, written before it is');
    table.text('name').notNullable().comment('Of the image');
    table.text('digest').notNullable();
    table
      .text('root')
      .notNullable()
      .comment('Digest of the index that it belongs to');
    table.text('kind').notNullable().comment('index, image, referrer or blob');
    table.specificType('pushed_at', orderedText).notNullable();
    table.primary(['name', 'root', 'digest']);
    table.index(['digest'], 'registry_content_digest_idx');
  });

  await knex.schema.alterTable('plugin_details', table => {
    table
      .text('proofs')
      .comment(
        'JSON: how the latest release did in Envoys; null where unknown',
      );
  });
  await knex.schema.alterTable('plugin_groups', table => {
    table.dropUnique(
      ['category', 'runtime', 'lifecycle', 'envoy_versions'],
      'plugin_groups_values_idx',
    );
  });
  await knex.schema.alterTable('plugin_groups', table => {
    table
      .integer('verified')
      .notNullable()
      .defaultTo(0)
      .comment(
        '1 where the latest release passed in every Envoy it was run in',
      );
    table.unique(
      ['category', 'runtime', 'lifecycle', 'envoy_versions', 'verified'],
      { indexName: 'plugin_groups_values_idx' },
    );
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  // Groups that differ in nothing else are one again, of the lowest id
  const groups = await knex('plugin_groups').orderBy('id');
  const kept = new Map();
  for (const group of groups) {
    const key = JSON.stringify([
      group.category,
      group.runtime,
      group.lifecycle,
      group.envoy_versions,
    ]);
    const first = kept.get(key);
    if (first === undefined) {
      kept.set(key, group.id);
    } else {
      await knex('plugins')
        .where('group_id', group.id)
        .update({ group_id: first });
      await knex('plugin_groups').where('id', group.id).delete();
    }
  }
  await knex.schema.alterTable('plugin_groups', table => {
    table.dropUnique(
      ['category', 'runtime', 'lifecycle', 'envoy_versions', 'verified'],
      'plugin_groups_values_idx',
    );
  });
  await knex.schema.alterTable('plugin_groups', table => {
    table.dropColumn('verified');
    table.unique(['category', 'runtime', 'lifecycle', 'envoy_versions'], {
      indexName: 'plugin_groups_values_idx',
    });
  });
  await knex.schema.alterTable('plugin_details', table => {
    table.dropColumn('proofs');
  });
  await knex.schema.dropTable('registry_content');
  await knex.schema.dropTable('registry_images');
  await knex.schema.dropTable('plugin_versions');
};
