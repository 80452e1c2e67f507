/**
 * How fast the marketplace answers with many plugins and several readers, on PostgreSQL
 * (the plugins having come through the real catalog) and on SQLite, and the catalog's own
 * query endpoint beside it. Prints a table and, as its last line, one line of JSON.
 *
 * Flags: --plugins N (10000), --readers N (20), --seconds N (10, for each measurement),
 * --only postgres|sqlite, --without-catalog (the plugins come from memory, which is much
 * quicker, and the catalog is not measured; to work on queries).
 * Environment: BENCH_POSTGRES_URL, a server on which databases may be created; without it
 * one is started.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  KNOWN_ENVOY_MINORS,
  type PluginList,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import knexFactory from 'knex';
import { freePort } from '../src/testing/freePort';
import { DatabasePluginStore } from '../src/marketplace';
import {
  generateProofs,
  pick,
  seededRandom,
} from '../src/testing/generatePlugins';
import type { BenchBackendOptions } from './benchBackend';
import { catalogPath, marketplacePath, nextQuestion } from './questions';
import { type Measurement, fetchText, measure } from './readers';
import { type BenchPostgres, startPostgres } from './startPostgres';

const OWNERS = 60;

/** For so long plugins are waited for, so that the whole takes less than four minutes. */
const INGEST_LIMIT_MS = 160_000;

/** Asked before each measurement, so that code is compiled and caches are warm. */
const WARM_UP_MS = 6_000;

const { values: flags } = parseArgs({
  options: {
    plugins: { type: 'string', default: '10000' },
    readers: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '10' },
    only: { type: 'string' },
    'without-catalog': { type: 'boolean', default: false },
  },
});
const plugins = Number(flags.plugins);
const readers = Number(flags.readers);
const durationMs = Number(flags.seconds) * 1000;
const withCatalog = !flags['without-catalog'];

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The server that was given, or one of our own. */
async function providePostgres(): Promise<
  Pick<BenchPostgres, 'connection' | 'stop'>
> {
  if (!process.env.BENCH_POSTGRES_URL) {
    return startPostgres();
  }
  const url = new URL(process.env.BENCH_POSTGRES_URL);
  return {
    connection: {
      host: url.hostname,
      port: Number(url.port),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
    },
    stop: async () => {},
  };
}

/** What readers saw, and what it cost the backend's process. */
interface Measured extends Measurement {
  cpuMsPerAnswer: number;
}

interface RunningBackend {
  url: string;
  token: string;
  child: ChildProcess;
  stop: () => Promise<void>;
}

async function startBackend(
  options: Pick<BenchBackendOptions, 'database' | 'catalog'>,
): Promise<RunningBackend> {
  const port = await freePort();
  const token = randomBytes(24).toString('hex');
  const backendOptions: BenchBackendOptions = {
    ...options,
    port,
    token,
    plugins,
    owners: OWNERS,
  };
  const child = fork(resolve(__dirname, 'benchBackend.ts'), {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      BENCH_BACKEND: JSON.stringify(backendOptions),
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await nextMessage(child, 'ready');
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    child,
    stop: async () => {
      const exited = new Promise(done => child.once('exit', done));
      child.disconnect();
      await exited;
    },
  };
}

async function nextMessage(child: ChildProcess, expected: string) {
  await new Promise<void>((done, fail) => {
    child.on('message', message => message === expected && done());
    child.once('exit', code =>
      fail(
        new Error(`The backend ended with ${code} before it was ${expected}`),
      ),
    );
  });
}

/** The processor time that the backend has used, in milliseconds. */
async function cpuMs(child: ChildProcess): Promise<number> {
  return new Promise(done => {
    const onMessage = (message: unknown) => {
      if (
        typeof message === 'object' &&
        message !== null &&
        'cpuMs' in message &&
        typeof message.cpuMs === 'number'
      ) {
        child.off('message', onMessage);
        done(message.cpuMs);
      }
    };
    child.on('message', onMessage);
    child.send('cpu');
  });
}

/** @returns how many plugins the marketplace has once it has all, or time is up */
async function waitForPlugins(backend: RunningBackend): Promise<number> {
  const until = performance.now() + INGEST_LIMIT_MS;
  for (;;) {
    const list: PluginList = JSON.parse(
      await fetchText({
        url: `${backend.url}/api/envoy-go-plugins/plugins?limit=1`,
        token: backend.token,
      }),
    );
    if (list.marketplaceItems >= plugins) {
      return list.marketplaceItems;
    }
    if (performance.now() > until) {
      say(
        `Only ${list.marketplaceItems} of ${plugins} plugins came in ${
          INGEST_LIMIT_MS / 1000
        } s; what follows is with those, while more are coming. Try with --plugins.`,
      );
      return list.marketplaceItems;
    }
    await wait(250);
  }
}

/**
 * Stars and releases, which GitHub would say, for nine plugins of ten, and for half of those
 * how they did in Envoys.
 */
async function addFacts(connection: knexFactory.Knex.Config): Promise<void> {
  const knex = knexFactory(connection);
  try {
    const random = seededRandom(3);
    const rows: { entity_ref: string }[] = await knex('plugins').select(
      'entity_ref',
    );
    const facts = rows
      .filter(() => random() < 0.9)
      .map(({ entity_ref: ref }) => ({
        ref,
        stars: Math.floor(random() ** 4 * 2000),
        latestRelease: {
          tag: pick(random, ['v1.0.0', 'v0.9.1', 'v2.3.0']),
          publishedAt: new Date(
            Date.UTC(2026, 0, 1) + Math.floor(random() * 1e10),
          ).toISOString(),
        },
        proofs: generateProofs(random),
        asOf: '2026-06-01T00:00:00.000Z',
      }));
    await knex.transaction(async tx => {
      const store = await DatabasePluginStore.create({
        database: { getClient: async () => tx, migrations: { skip: true } },
        knownEnvoyVersions: [...KNOWN_ENVOY_MINORS],
        integrates: () => true,
      });
      for (const { ref, ...update } of facts) {
        await store.setFacts(ref, update);
      }
    });
    // As autovacuum would before long
    await knex.raw(connection.client === 'pg' ? 'vacuum analyze' : 'analyze');
  } finally {
    await knex.destroy();
  }
}

async function measureReaders(
  backend: RunningBackend,
  path: typeof marketplacePath,
): Promise<Measured> {
  const random = seededRandom(11);
  const ask = (ms: number) =>
    measure({
      readers,
      durationMs: ms,
      token: backend.token,
      nextUrl: () =>
        backend.url + path(nextQuestion({ random, plugins, owners: OWNERS })),
    });
  await ask(WARM_UP_MS);
  const cpuBefore = await cpuMs(backend.child);
  const measurement = await ask(durationMs);
  const cpu = (await cpuMs(backend.child)) - cpuBefore;
  return { ...measurement, cpuMsPerAnswer: cpu / measurement.requests };
}

function row(name: string, result: Measured): void {
  const columns = [
    result.p50.toFixed(1),
    result.p95.toFixed(1),
    result.p99.toFixed(1),
    result.max.toFixed(1),
    result.perSecond.toFixed(0),
    result.cpuMsPerAnswer.toFixed(1),
  ];
  say(name.padEnd(34) + columns.map(value => value.padStart(11)).join(''));
}

/** Waits until the marketplace has all plugins, and says how many it got a second. */
async function ingest(backend: RunningBackend): Promise<number | undefined> {
  if (!withCatalog) {
    await waitForPlugins(backend);
    return undefined;
  }
  const mutationAt = performance.now();
  backend.child.send('provide');
  await nextMessage(backend.child, 'provided');
  const came = await waitForPlugins(backend);
  const perSecond = came / ((performance.now() - mutationAt) / 1000);
  say(
    `${came} plugins went through the catalog into the marketplace at ${perSecond.toFixed(
      0,
    )} a second`,
  );
  return perSecond;
}

async function benchPostgres() {
  const postgres = await providePostgres();
  const name = `bench_${randomBytes(6).toString('hex')}`;
  const { connection } = postgres;
  const admin = knexFactory({
    client: 'pg',
    connection: { ...connection, database: 'postgres' },
  });
  const prefix = `${name}_`;
  try {
    const backend = await startBackend({
      catalog: withCatalog ? 'real' : 'stub',
      database: { client: 'pg', connection, prefix },
    });
    try {
      const ingestPerSecond = await ingest(backend);
      await addFacts({
        client: 'pg',
        connection: { ...connection, database: `${prefix}envoy-go-plugins` },
      });
      await admin.raw('checkpoint');
      const list = await measureReaders(backend, marketplacePath);
      const catalog = withCatalog
        ? await measureReaders(backend, catalogPath)
        : undefined;
      return { list, catalog, ingestPerSecond };
    } finally {
      await backend.stop();
    }
  } finally {
    for (const plugin of ['catalog', 'envoy-go-plugins', 'app', 'auth']) {
      await admin.raw('drop database if exists ??', [`${prefix}${plugin}`]);
    }
    await admin.destroy();
    await postgres.stop();
  }
}

async function benchSqlite() {
  const directory = await mkdtemp(join(tmpdir(), 'bench-sqlite-'));
  try {
    const backend = await startBackend({
      catalog: 'stub',
      database: { client: 'better-sqlite3', connection: { directory } },
    });
    try {
      await waitForPlugins(backend);
      await addFacts({
        client: 'better-sqlite3',
        connection: { filename: join(directory, 'envoy-go-plugins.sqlite') },
        useNullAsDefault: true,
      });
      return { list: await measureReaders(backend, marketplacePath) };
    } finally {
      await backend.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function main() {
  const postgres = flags.only === 'sqlite' ? undefined : await benchPostgres();
  const sqlite = flags.only === 'postgres' ? undefined : await benchSqlite();
  say(
    `\n${plugins} plugins, ${readers} readers, ${flags.seconds} s each; milliseconds, and those of processor time that an answer costs the backend`,
  );
  say(
    ''.padEnd(34) +
      ['p50', 'p95', 'p99', 'max', 'answers/s', 'node ms']
        .map(head => head.padStart(11))
        .join(''),
  );
  if (postgres) {
    row('Marketplace on PostgreSQL', postgres.list);
    if (postgres.catalog) {
      row("Catalog's by-query on PostgreSQL", postgres.catalog);
    }
  }
  if (sqlite) {
    row('Marketplace on SQLite', sqlite.list);
  }
  const rounded = (value: number | undefined) =>
    value === undefined ? undefined : Math.round(value * 10) / 10;
  say(
    JSON.stringify({
      listP95MsPostgres: rounded(postgres?.list.p95),
      listP95MsSqlite: rounded(sqlite?.list.p95),
      catalogP95MsPostgres: rounded(postgres?.catalog?.p95),
      ingestPerSecond: rounded(postgres?.ingestPerSecond),
    }),
  );
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
