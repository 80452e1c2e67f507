import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import knexFactory, { type Knex } from 'knex';
import { DatabaseAuditRecordStore } from './audit';

jest.setTimeout(60_000);

const COMMAND = resolve(__dirname, '../bin/envoy-go-plugins-record');

describe('envoy-go-plugins-record', () => {
  let folder: string;
  let db: Knex;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'record-command-'));
    await writeFile(
      join(folder, 'app-config.yaml'),
      JSON.stringify({
        backend: {
          database: {
            client: 'better-sqlite3',
            connection: { directory: folder },
          },
        },
      }),
    );
    db = knexFactory({
      client: 'better-sqlite3',
      connection: { filename: join(folder, 'envoy-go-plugins.sqlite') },
      useNullAsDefault: true,
    });
  });
  afterAll(async () => {
    await db.destroy();
    await rm(folder, { recursive: true });
  });

  const run = (...args: string[]) =>
    new Promise<{ code: unknown; stdout: string; stderr: string }>(done => {
      execFile(
        process.execPath,
        [COMMAND, ...args],
        { cwd: folder },
        (error, stdout, stderr) =>
          done({ code: error?.code ?? 0, stdout, stderr }),
      );
    });
  const config = ['--config', 'app-config.yaml'];

  it('verifies the record in the database and out of it, and says what is missing', async () => {
    await expect(run('verify', ...config)).resolves.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has no record that could be verified'),
    });

    await db.migrate.latest({ directory: resolve(__dirname, '../migrations') });
    const store = new DatabaseAuditRecordStore(db);
    for (const subject of ['one', 'two', 'three']) {
      await store.add({
        at: '2026-01-01T00:00:00.000Z',
        actor: 'system',
        action: 'test',
        subject,
        outcome: 'succeeded',
        message: subject,
      });
    }
    await expect(run('verify', ...config)).resolves.toMatchObject({
      code: 0,
      stdout: expect.stringContaining('3 records, all as they were written'),
    });

    const { stdout } = await run('export', ...config);
    const [first, , third] = stdout.split('\n');
    const file = join(folder, 'record.jsonl');
    await writeFile(file, `${first}\n${third}\n`);
    await expect(run('verify', '--export', file)).resolves.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Record 2 is missing'),
    });
    await expect(
      run('verify', '--export', file, '--hash', 'x'),
    ).resolves.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--hash: found "x"'),
    });
  });
});
