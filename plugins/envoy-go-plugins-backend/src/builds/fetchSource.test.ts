import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import {
  createMockDirectory,
  mockServices,
} from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import knexFactory, { type Knex } from 'knex';
import { resolve } from 'node:path';
import { DefaultGitHubDoor } from '../github';
import { SourceRefusedError, fetchSource } from './fetchSource';

const MIB = 1024 * 1024;

describe('fetchSource', () => {
  const directory = createMockDirectory();
  let server: Server;
  let db: Knex;
  let door: DefaultGitHubDoor;
  let host: string;
  /** What the archive is. */
  let pieces: () => AsyncIterable<Buffer>;
  let broken = false;

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      if (request.url === '/api/v3/repositories/7') {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ full_name: 'envoy-plugins/renamed' }));
        return;
      }
      if (!request.url?.includes('/repos/envoy-plugins/renamed/tarball/')) {
        response.statusCode = 404;
        response.setHeader('content-type', 'application/json');
        response.end('{"message":"Not Found"}');
        return;
      }
      response.setHeader('content-type', 'application/x-gzip');
      for await (const piece of pieces()) {
        if (response.destroyed) {
          return;
        }
        response.write(piece);
      }
      if (broken) {
        response.destroy();
      }
      response.end();
    });
    await new Promise<void>(done => {
      server.listen(0, '127.0.0.1', done);
    });
    const { port } = server.address() as AddressInfo;
    host = `127.0.0.1:${port}`;
    db = knexFactory({
      client: 'better-sqlite3',
      connection: ':memory:',
      useNullAsDefault: true,
    });
    await db.migrate.latest({
      directory: resolve(__dirname, '../../migrations'),
    });
    door = DefaultGitHubDoor.create({
      db,
      integrations: ScmIntegrations.fromConfig(
        new ConfigReader({
          integrations: {
            github: [
              { host, apiBaseUrl: `http://${host}/api/v3`, token: 'token' },
            ],
          },
        }),
      ),
      logger: mockServices.logger.mock(),
      timeoutMs: 500,
      now: () => new Date(),
    });
  });

  afterAll(async () => {
    await door.stop();
    await db.destroy();
    server.closeAllConnections();
    await new Promise(done => {
      server.close(done);
    });
  });

  beforeEach(() => {
    broken = false;
    pieces = async function* small() {
      yield Buffer.from('packed');
    };
  });

  const fetchTo = async (
    file: string,
    changes: { repositoryId?: number; largest?: number } = {},
    signal = AbortSignal.timeout(20_000),
  ) =>
    fetchSource(
      {
        host,
        repository: 'envoy-plugins/former',
        repositoryId: changes.repositoryId ?? 7,
        commit: 'c'.repeat(40),
      },
      {
        door,
        file: directory.resolve(file),
        signal,
        largest: changes.largest ?? MIB,
      },
    );

  it('writes the source into a file, wherever the repository is by now', async () => {
    await fetchTo('source');
    await expect(readFile(directory.resolve('source'), 'utf8')).resolves.toBe(
      'packed',
    );
  });

  it('may take longer than an answer may, as long as something comes', async () => {
    pieces = async function* slow() {
      for (let piece = 0; piece < 8; piece += 1) {
        await new Promise(done => {
          setTimeout(done, 100);
        });
        yield Buffer.from(`${piece}`);
      }
    };
    await fetchTo('slow');
    await expect(readFile(directory.resolve('slow'), 'utf8')).resolves.toBe(
      '01234567',
    );
  });

  it('refuses what is larger than it may be, before all of it is there', async () => {
    let sent = 0;
    pieces = async function* large() {
      for (; sent < 4_096 * MIB; sent += MIB) {
        await new Promise(done => {
          setImmediate(done);
        });
        yield Buffer.alloc(MIB);
      }
    };
    await expect(fetchTo('large')).rejects.toThrow(
      'The packed source of envoy-plugins/former is larger than 1 MiB',
    );
    await expect(fetchTo('large')).rejects.toBeInstanceOf(SourceRefusedError);
    expect(sent).toBeLessThan(4_096 * MIB);
  });

  it('tells what is gone from what broke off', async () => {
    await expect(fetchTo('gone', { repositoryId: 8 })).rejects.toThrow(
      'GitHub does not show the portal commit cccccccccccc of envoy-plugins/former',
    );
    broken = true;
    pieces = async function* begun() {
      yield Buffer.from('pack');
      await new Promise(done => {
        setTimeout(done, 200);
      });
    };
    await expect(fetchTo('broken')).rejects.toThrow(
      'broke off in the middle of the source',
    );
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    pieces = async function* endless() {
      for (;;) {
        yield Buffer.from('x');
        stop.abort(new Error('enough'));
        await new Promise(done => {
          setTimeout(done, 10);
        });
      }
    };
    await expect(fetchTo('stopped', {}, stop.signal)).rejects.toThrow('enough');
  });
});
