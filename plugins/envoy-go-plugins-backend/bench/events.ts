/**
 * How many deliveries the intake takes in on PostgreSQL, with payloads of GitHub's own
 * examples, and how soon what a delivery is about shows in the API. Everything, the load
 * generator too, runs on this machine. Prints a table and, as its last line, one line of
 * JSON.
 *
 * Flags: --seconds N (15, of taking in), --connections N (20), --rate N (50 changes a
 * second), --changes N (750), --only intake|visible.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { PluginList } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { startGitHubEmulator } from '@envoy-go/github-emulator';
import WEBHOOK_EXAMPLES from '@octokit/webhooks-examples';
import { sign } from '@octokit/webhooks-methods';
import knexFactory from 'knex';
import { freePort } from '../src/testing/freePort';
import { testPlugin } from '../src/testing/testPlugin';
import { HttpLoad } from './HttpLoad';
import {
  type ConfiguredBackend,
  startConfiguredBackend,
} from './startConfiguredBackend';
import { type BenchPostgres, startPostgres } from './startPostgres';

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '15' },
    connections: { type: 'string', default: '20' },
    rate: { type: 'string', default: '50' },
    changes: { type: 'string', default: '750' },
    only: { type: 'string' },
  },
});
const SECRET = 'It is a secret to everybody';
const PATH = '/api/envoy-go-plugins/webhooks/github';
const ORGANIZATION = 'envoy-plugins';
const PORTAL_TOKEN = 'portal-token';

/** How often it is looked whether something shows, in milliseconds, … */
const LOOK_MS = 50;

/** … and at how many plugins at a time. */
const PAGE = 100;

/** When it is given up to look, in milliseconds. */
const GIVE_UP_MS = 60_000;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

const round = (value: number) => Math.round(value * 10) / 10;

async function benchIntake(postgres: BenchPostgres) {
  const database = 'intake';
  const admin = knexFactory({ client: 'pg', connection: postgres.connection });
  await admin.raw(`create database ${database}`);
  await admin.destroy();
  const connection = { ...postgres.connection, database };
  const db = knexFactory({ client: 'pg', connection });
  await db.migrate.latest({ directory: resolve(__dirname, '../migrations') });
  const [{ fsync }] = (await db.raw('show fsync')).rows;
  const [{ synchronous_commit: commit }] = (
    await db.raw('show synchronous_commit')
  ).rows;
  const config = join(postgres.folder, 'app-config.yaml');
  await writeFile(
    config,
    JSON.stringify({
      backend: {
        database: {
          client: 'pg',
          connection: postgres.connection,
          plugin: { 'envoy-go-plugins': { connection: { database } } },
        },
      },
      envoyGoPlugins: { github: { webhookSecret: SECRET } },
    }),
  );
  const port = await freePort();
  const intake = spawn(
    process.execPath,
    [
      '--no-node-snapshot',
      resolve(
        require.resolve('@envoy-go/event-intake/package.json'),
        '../bin/event-intake',
      ),
      '--config',
      config,
      '--port',
      `${port}`,
    ],
    {
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  try {
    await until(async () =>
      fetch(`http://127.0.0.1:${port}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    const requests = await Promise.all(
      WEBHOOK_EXAMPLES.flatMap(({ name, examples }) =>
        examples.map(async payload => {
          const body = JSON.stringify(payload);
          return {
            event: name,
            body: Buffer.from(body),
            signature: await sign(SECRET, body),
          };
        }),
      ),
    );
    const bytes = requests.reduce((sum, { body }) => sum + body.length, 0);
    let sent = 0;
    const next = () => {
      const { event, body, signature } = requests[sent % requests.length];
      sent += 1;
      return Buffer.concat([
        Buffer.from(
          `POST ${PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nuser-agent: GitHub-Hookshot/1\r\nx-github-delivery: ${randomUUID()}\r\nx-github-event: ${event}\r\nx-github-hook-id: 1\r\nx-hub-signature-256: ${signature}\r\ncontent-length: ${
            body.length
          }\r\n\r\n`,
        ),
        body,
      ]);
    };
    const connections = Number(flags.connections);
    // So that code is compiled
    await new HttpLoad({ port, next }).run(connections, 3_000);
    const load = new HttpLoad({ port, next });
    const begun = performance.now();
    await load.run(connections, Number(flags.seconds) * 1000);
    const seconds = (performance.now() - begun) / 1000;
    const [{ count }] = await db('webhook_deliveries').count({ count: '*' });
    if (Number(count) !== sent) {
      throw new Error(`${sent} were acknowledged, ${count} are stored`);
    }
    const perSecond = load.latenciesMs.length / seconds;
    say(`intake, ${connections} connections, ${
      requests.length
    } payloads of ${round(
      bytes / requests.length / 1024,
    )} KiB on average, fsync ${fsync}, synchronous_commit ${commit}
  ${Math.round(perSecond)} deliveries/s; acknowledged after p50 ${round(
      percentile(load.latenciesMs, 0.5),
    )} ms, p95 ${round(percentile(load.latenciesMs, 0.95))} ms, p99 ${round(
      percentile(load.latenciesMs, 0.99),
    )} ms, at most ${round(percentile(load.latenciesMs, 1))} ms`);
    return {
      deliveriesPerSecond: Math.round(perSecond),
      ackP99Ms: round(percentile(load.latenciesMs, 0.99)),
    };
  } finally {
    intake.kill('SIGKILL');
    await db.destroy();
  }
}

async function benchVisible(postgres: BenchPostgres) {
  const changes = Number(flags.changes);
  const rate = Number(flags.rate);
  const emulator = await startGitHubEmulator({
    stateDir: join(postgres.folder, 'github'),
    rateLimits: { core: 1_000_000, graphql: 1_000_000 },
    validate: 'off',
    seed: {
      accounts: [{ login: 'admin' }, { login: 'author' }],
      organizations: [{ login: ORGANIZATION, owners: ['admin'], members: [] }],
      tokens: [{ token: PORTAL_TOKEN, account: 'admin' }],
    },
  });
  let backend: ConfiguredBackend | undefined;
  try {
    const planted = await emulator.plant({
      owner: ORGANIZATION,
      author: 'author',
      count: changes,
      files: { 'README.md': '# A plugin\n' },
    });
    backend = await startConfiguredBackend({
      config: {
        database: { client: 'pg', connection: postgres.connection },
        others: {
          integrations: {
            github: [
              {
                host: emulator.host,
                apiBaseUrl: emulator.apiBaseUrl,
                token: PORTAL_TOKEN,
              },
            ],
          },
          envoyGoPlugins: {
            github: {
              host: emulator.host,
              organization: ORGANIZATION,
              webhookSecret: SECRET,
              manageWebhook: true,
            },
          },
        },
      },
      entities: planted.map(({ name }) =>
        testPlugin(name, {
          metadata: {
            annotations: {
              'github.com/project-slug': `${ORGANIZATION}/${name}`,
              'backstage.io/managed-by-location': `url:${emulator.url}/${ORGANIZATION}/${name}/tree/main/catalog-info.yaml`,
            },
          },
        }),
      ),
    });
    const { ask } = backend;
    const organization = emulator.state.accounts.find(ORGANIZATION);
    await until(
      async () =>
        emulator.hooks.list({
          type: 'organization',
          id: organization?.id ?? 0,
        }).length > 0,
    );
    // What was read for the first time is not what is measured
    await until(async () => {
      const { items, totalItems } = await ask<PluginList>(
        `/plugins?sort=stars&limit=1&offset=${changes - 1}`,
      );
      return totalItems === changes && items?.[0]?.stars === 0;
    }, 180_000);

    // Parts of plugins are read in the background, after that
    let asked = -1;
    await until(async () => {
      const before = asked;
      asked = emulator.requests().length;
      await wait(1_500);
      return asked === before;
    }, 180_000);

    const changedAt = new Map<string, number>();
    const latencies: number[] = [];
    const begun = performance.now();
    const seen = look({ ask, changes, changedAt, latencies });
    for (const [index, { name }] of planted.entries()) {
      await wait(
        Math.max(0, begun + (index * 1000) / rate - performance.now()),
      );
      changedAt.set(name, performance.now());
      await emulator.changes.star(`${ORGANIZATION}/${name}`, { by: 'author' });
    }
    const sentAfter = (performance.now() - begun) / 1000;
    await seen;
    say(`visible, ${changes} changes at ${round(
      changes / sentAfter,
    )}/s, each of another repository, looked at every ${LOOK_MS} ms
  in the API after p50 ${round(percentile(latencies, 0.5))} ms, p95 ${round(
      percentile(latencies, 0.95),
    )} ms, at most ${round(percentile(latencies, 1))} ms`);
    return { visibleP95Ms: round(percentile(latencies, 0.95)) };
  } finally {
    await backend?.stop();
    await emulator.close();
  }
}

/** Looks at the list again and again until all that was changed shows. */
async function look(options: {
  ask: ConfiguredBackend['ask'];
  changes: number;
  changedAt: Map<string, number>;
  latencies: number[];
}): Promise<void> {
  const { ask, changes, changedAt, latencies } = options;
  const shown = new Set<string>();
  const end = performance.now() + GIVE_UP_MS;
  while (shown.size < changes) {
    if (performance.now() > end) {
      throw new Error(
        `${shown.size} of ${changes} changes showed in ${GIVE_UP_MS / 1000} s`,
      );
    }
    await wait(LOOK_MS);
    for (let offset = 0; offset < changedAt.size; offset += PAGE) {
      const { items } = await ask<PluginList>(
        `/plugins?sort=stars&limit=${PAGE}&offset=${offset}`,
      );
      const now = performance.now();
      for (const { name, stars } of items) {
        const at = changedAt.get(name);
        if (stars === 1 && at !== undefined && !shown.has(name)) {
          shown.add(name);
          latencies.push(now - at);
        }
      }
    }
  }
}

async function until(
  holds: () => Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > end) {
      throw new Error(`It did not come to that in ${timeoutMs / 1000} s`);
    }
    await wait(LOOK_MS);
  }
}

async function main() {
  const postgres = await startPostgres();
  try {
    const intake = flags.only === 'visible' ? {} : await benchIntake(postgres);
    const visible = flags.only === 'intake' ? {} : await benchVisible(postgres);
    say(JSON.stringify({ ...intake, ...visible }));
  } finally {
    await postgres.stop();
  }
}

main().then(
  () => process.exit(0),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
