/**
 * Who starred a repository, so that a page can tell whoever looks at it whether they did
 * without asking GitHub.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  // Order must be the same on every database and in every locale: that of the bytes
  const orderedText = isPostgres ? 'text collate "C"' : 'text';

  await knex.schema.createTable('repository_stargazers', table => {
    table.comment('Of whom it is known whether they starred a repository');
    table.text('host').notNullable();
    table.bigInteger('repository_id').notNullable().comment("GitHub's");
    table.text('login').notNullable().comment('In lower case');
    table
      .integer('starred')
      .notNullable()
      .comment('0 where they took their star back');
    table
      .specificType('as_of', orderedText)
      .notNullable()
      .comment('When GitHub told, or was asked; ISO 8601, UTC');
    table.primary(['host', 'repository_id', 'login']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('repository_stargazers');
  await knex('repository_parts').where('part', 'stargazers').delete();
};
