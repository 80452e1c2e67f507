const { createHash } = require('node:crypto');

const BEGINNING = '0'.repeat(64);

/**
 * The record becomes append-only: each row is chained to the one before by its hash, and
 * rows can neither be changed nor removed.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const isPostgres = knex.client.config.client === 'pg';

  await knex.schema.alterTable('audit_records', table => {
    table.bigInteger('number').comment('From 1, without gaps');
    table
      .text('request_id')
      .comment('Of the HTTP request or delivery by which it was done');
    table.text('before').comment('JSON object: what was there');
    table.text('after').comment('JSON object: what is there now');
    table.text('previous_hash').comment('Hash of the row before; zeros first');
    table.text('hash').comment('SHA-256 of this row, in hex digits');
    table.unique(['number'], { indexName: 'audit_records_number_uniq' });
  });
  await knex.schema.createTable('audit_chain', table => {
    table.comment('Where the record ends; one row');
    table.integer('id').primary();
    table.bigInteger('length').notNullable().comment('Rows of the record');
    table.text('hash').notNullable().comment('Hash of its last row');
  });

  let length = 0;
  let previous = BEGINNING;
  for (;;) {
    const rows = await knex('audit_records')
      .whereNull('number')
      .orderBy('id')
      .limit(500);
    if (rows.length === 0) {
      break;
    }
    for (const row of rows) {
      length += 1;
      // As `hashOf` in src/audit/AuditChain.ts, which goes on from here
      const hash = createHash('sha256')
        .update(
          JSON.stringify([
            length,
            previous,
            row.at,
            row.actor,
            row.action,
            row.subject,
            row.outcome,
            row.message,
            row.details,
            null,
            null,
            null,
          ]),
        )
        .digest('hex');
      await knex('audit_records')
        .where({ id: row.id })
        .update({ number: length, previous_hash: previous, hash });
      previous = hash;
    }
  }
  await knex('audit_chain').insert({ id: 1, length, hash: previous });

  if (isPostgres) {
    await knex.raw(`
      create function audit_records_stay() returns trigger language plpgsql as $$
      begin
        raise exception 'The record is append-only';
      end $$`);
    await knex.raw(`
      create trigger audit_records_stay before update or delete on audit_records
      for each row execute function audit_records_stay()`);
    await knex.raw(`
      create trigger audit_records_stay_all before truncate on audit_records
      for each statement execute function audit_records_stay()`);
  } else {
    for (const change of ['update', 'delete']) {
      await knex.raw(`
        create trigger audit_records_no_${change} before ${change} on audit_records
        begin
          select raise(abort, 'The record is append-only');
        end`);
    }
  }
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  if (knex.client.config.client === 'pg') {
    await knex.raw('drop trigger audit_records_stay on audit_records');
    await knex.raw('drop trigger audit_records_stay_all on audit_records');
    await knex.raw('drop function audit_records_stay()');
  } else {
    await knex.raw('drop trigger audit_records_no_update');
    await knex.raw('drop trigger audit_records_no_delete');
  }
  await knex.schema.dropTable('audit_chain');
  await knex.schema.alterTable('audit_records', table => {
    table.dropUnique(['number'], 'audit_records_number_uniq');
  });
  await knex.schema.alterTable('audit_records', table => {
    table.dropColumns(
      'number',
      'request_id',
      'before',
      'after',
      'previous_hash',
      'hash',
    );
  });
};
