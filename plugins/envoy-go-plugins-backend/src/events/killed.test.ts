import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createMockDirectory } from '@backstage/backend-test-utils';
import { sign } from '@octokit/webhooks-methods';
import knexFactory, { type Knex } from 'knex';
import { ChildScript } from '../testing/ChildScript';
import { freePort } from '../testing/freePort';
import { pick, seededRandom } from '../testing/generatePlugins';
import { waitFor } from '../testing/waitFor';
import { DatabaseDeliveryStore } from './DatabaseDeliveryStore';

// Takes half a minute; where many things run at once it may take long
jest.setTimeout(600_000);

const DELIVERIES = 10_000;
const REPOSITORIES = 100;
const SECRET = 'It is a secret to everybody';
const PATH = '/api/envoy-go-plugins/webhooks/github';

/** A process that takes in deliveries, and is killed again and again. */
interface Victim {
  /** Where deliveries go to. */
  url: string;
  start(): Promise<void>;
  kill(): Promise<void>;
}

/** A backend of which only the intake and the worker are there. */
async function replicaOf(database: Knex.Config): Promise<Victim> {
  const port = await freePort();
  const script = new ChildScript(
    require.resolve('../testing/deliveryReplica.ts'),
    { DELIVERY_REPLICA: JSON.stringify({ port, secret: SECRET, database }) },
  );
  return {
    url: `http://127.0.0.1:${port}/webhooks/github`,
    start: () => script.start(),
    kill: () => script.kill(),
  };
}

/** The process that only takes in, as it is shipped. */
async function intakeWith(config: string): Promise<Victim> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  return {
    url: `${origin}${PATH}`,
    async start() {
      child = spawn(
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
        { stdio: ['ignore', 'ignore', 'inherit'] },
      );
      await waitFor(async () => {
        const { ok } = await fetch(`${origin}/healthz`);
        expect(ok).toBe(true);
      }, 120_000);
    },
    async kill() {
      if (child?.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
    },
  };
}

/** Delivers as GitHub does, but until it is acknowledged, which is GitHub's redelivery and our reconciler. */
class Sender {
  readonly #victims: Victim[];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: REPOSITORIES });
  acknowledged = 0;
  failures = 0;

  constructor(victims: Victim[]) {
    this.#victims = victims;
  }

  /** Delivers what happened in a repository, one after the other, for so GitHub told of it. */
  async deliverAll(repository: number): Promise<void> {
    for (let number = 0; number < DELIVERIES / REPOSITORIES; number += 1) {
      const id = `r${repository}-${number}`;
      const body = JSON.stringify({
        action: 'created',
        number,
        repository: {
          id: repository + 1,
          full_name: `envoy-plugins/repository-${repository}`,
          html_url: `https://github.com/envoy-plugins/repository-${repository}`,
        },
      });
      const signature = await sign(SECRET, body);
      for (let attempt = 0; ; attempt += 1) {
        const { url } =
          this.#victims[(repository + attempt) % this.#victims.length];
        if (await this.#deliver(url, id, body, signature)) {
          break;
        }
        this.failures += 1;
        await wait(20);
      }
      this.acknowledged += 1;
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #deliver(
    url: string,
    id: string,
    body: string,
    signature: string,
  ): Promise<boolean> {
    return new Promise(done => {
      const post = request(
        url,
        {
          method: 'POST',
          agent: this.#agent,
          // GitHub's own
          timeout: 10_000,
          headers: {
            'content-type': 'application/json',
            'x-github-delivery': id,
            'x-github-event': 'star',
            'x-hub-signature-256': signature,
          },
        },
        answer => {
          answer.resume();
          answer.on('close', () => done(answer.statusCode === 202));
        },
      );
      post.on('timeout', () => post.destroy());
      post.on('error', () => done(false));
      post.end(body);
    });
  }
}

describe('deliveries, when everything is killed', () => {
  const directory = createMockDirectory();
  const cleanUps: (() => Promise<void>)[] = [];

  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) {
      await cleanUp();
    }
  });

  const cleanUpsOfAll: (() => Promise<void>)[] = [];

  afterAll(async () => {
    for (const cleanUp of cleanUpsOfAll.splice(0).reverse()) {
      await cleanUp();
    }
  });

  let started: ReturnType<typeof startPostgres> | undefined;

  /** One for all, with a database for each. */
  async function startPostgres() {
    const port = await freePort();
    const password = 'postgres';
    const postgres = new ChildScript(
      require.resolve('../__testUtils__/ownPostgres.ts'),
      {
        OWN_POSTGRES: JSON.stringify({ port, password }),
      },
    );
    cleanUpsOfAll.push(() => postgres.tell('stop'));
    await postgres.start();
    const server = {
      host: '127.0.0.1',
      port,
      user: 'postgres',
      password,
    };
    return { postgres, server };
  }

  async function setUp(name: string) {
    started ??= startPostgres();
    const { postgres, server } = await started;
    const admin = knexFactory({
      client: 'pg',
      connection: { ...server, database: 'postgres' },
    });
    await admin.raw('create database ??', [name]);
    await admin.destroy();
    const connection = { ...server, database: name };
    const database: Knex.Config = { client: 'pg', connection };
    const knex = knexFactory({ ...database, log: { warn: () => {} } });
    cleanUps.push(() => knex.destroy());
    await knex.migrate.latest({
      directory: resolve(__dirname, '../../migrations'),
    });
    await knex.schema.createTable('handled', table => {
      table.bigIncrements('id');
      table.text('delivery_id').notNullable().unique();
    });
    const config = directory.resolve(`${name}.yaml`);
    await writeFile(
      config,
      JSON.stringify({
        backend: {
          database: {
            client: 'pg',
            connection,
            plugin: { 'envoy-go-plugins': { connection } },
          },
        },
        envoyGoPlugins: { github: { webhookSecret: SECRET } },
      }),
    );
    const victims = [
      await replicaOf(database),
      await replicaOf(database),
      await intakeWith(config),
    ];
    for (const victim of victims) {
      cleanUps.push(() => victim.kill());
    }
    await Promise.all(victims.map(victim => victim.start()));
    return { postgres, knex, victims };
  }

  /** Nothing lost, nothing handled twice in effect, order per repository kept. */
  async function expectAllHandled(knex: Knex): Promise<void> {
    const store = new DatabaseDeliveryStore(knex);
    await waitFor(
      async () =>
        expect(await store.countByState()).toEqual({ done: DELIVERIES }),
      500_000,
      250,
    );
    const handled: { delivery_id: string }[] = await knex('handled').orderBy(
      'id',
    );
    expect(handled).toHaveLength(DELIVERIES);
    const next = new Map<string, number>();
    for (const { delivery_id: id } of handled) {
      const [repository, number] = id.split('-');
      const expected = next.get(repository) ?? 0;
      expect([repository, Number(number)]).toEqual([repository, expected]);
      next.set(repository, expected + 1);
    }
    expect(next.size).toBe(REPOSITORIES);
  }

  /** Does something after each so many deliveries that were acknowledged or handled. */
  async function disturb(options: {
    knex: Knex;
    sender: Sender;
    times: number;
    random: () => number;
    disturbance: () => Promise<void>;
  }): Promise<void> {
    const { knex, sender, times, random, disturbance } = options;
    const progress = async () => {
      const [{ count }] = await knex('handled').count({ count: '*' });
      return sender.acknowledged + Number(count);
    };
    // While there is still something to take in or to handle
    const stride = (2 * DELIVERIES) / (times + 2);
    for (let time = 1; time <= times; time += 1) {
      const due = stride * (time + random() * 0.8 - 0.4);
      await waitFor(
        async () => expect(await progress()).toBeGreaterThan(due),
        500_000,
        100,
      );
      await disturbance();
    }
  }

  it('loses none of 10,000, and keeps their order, with two replicas and the intake killed again and again', async () => {
    const { knex, victims } = await setUp('killed');
    const sender = new Sender(victims);
    const random = seededRandom(10);
    const sent = Promise.all(
      Array.from({ length: REPOSITORIES }, (_, repository) =>
        sender.deliverAll(repository),
      ),
    );
    const [one, two, intake] = victims;
    await disturb({
      knex,
      sender,
      times: 10,
      random,
      disturbance: async () => {
        // All at once now and then, also the last that is left
        const killed = pick(random, [
          [one],
          [two],
          [intake],
          [one, two],
          [one, two, intake],
        ]);
        await Promise.all(killed.map(victim => victim.kill()));
        await Promise.all(killed.map(victim => victim.start()));
      },
    });
    await sent;
    sender.close();
    expect(sender.failures).toBeGreaterThan(0);
    await expectAllHandled(knex);
  });

  it('loses none of 10,000, and keeps their order, with PostgreSQL crashing in the middle', async () => {
    const { knex, postgres, victims } = await setUp('restarted');
    const sender = new Sender(victims);
    const random = seededRandom(11);
    const sent = Promise.all(
      Array.from({ length: REPOSITORIES }, (_, repository) =>
        sender.deliverAll(repository),
      ),
    );
    await disturb({
      knex,
      sender,
      times: 3,
      random,
      disturbance: async () => {
        const victim = pick(random, victims);
        await Promise.all([postgres.ask('restart'), victim.kill()]);
        await victim.start();
      },
    });
    await sent;
    sender.close();
    expect(sender.failures).toBeGreaterThan(0);
    await expectAllHandled(knex);
  });
});
