/**
 * How much the portal asks GitHub in an hour for many repositories of which some change, with
 * webhooks and without, and beside it what it takes to read each of them over REST. The
 * portal's own parts run against the emulator of GitHub, in simulated time: sweeps when they
 * are due, changes all over the hour, their webhooks signed, delivered and handled. Prints a
 * table and, as its last line, one line of JSON.
 *
 * GitHub has two limits of 5,000 an hour: of requests over REST, where those do not count that
 * are answered with 304, and of points of GraphQL. What is said to be asked is the larger of
 * two: all requests that count, REST and GraphQL together, and the points.
 *
 * Flags: --repositories N (10000), --hours N (2, of each measurement), --changes N (1, in
 * percent of the repositories an hour), --naive N (300, of how many repositories the naive way
 * is measured; the others would cost as much each).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import type { EnvoyGoPluginEntity } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import { Octokit } from '@octokit/rest';
import knexFactory, { type Knex } from 'knex';
import { DatabaseKeptAnswerStore } from '../src/github/DatabaseKeptAnswerStore';
import type { RepositorySnapshot } from '../src/github';
import { versionOf } from '../src/marketplace/partVersions';
import { pick, seededRandom } from '../src/testing/generatePlugins';
import { testPlugin } from '../src/testing/testPlugin';
import {
  SimulatedClock,
  type SimulatedPortal,
  startSimulatedPortal,
} from './SimulatedPortal';

const ORGANIZATION = 'envoy-plugins';
const TOKEN = 'portal-token';
const AUTHOR_TOKEN = 'author-token';
const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;
/** How long GitHub takes to tell of a change. */
const DELIVERY_MS = 1_500;
const FANS = Array.from({ length: 40 }, (_, index) => `fan-${index}`);

const { values: flags } = parseArgs({
  options: {
    repositories: { type: 'string', default: '10000' },
    hours: { type: 'string', default: '2' },
    changes: { type: 'string', default: '1' },
    naive: { type: 'string', default: '300' },
  },
});
const repositories = Number(flags.repositories);
const hours = Number(flags.hours);
const changesPerHour = Math.round((repositories * Number(flags.changes)) / 100);
const naiveSample = Math.min(repositories, Number(flags.naive));
const random = seededRandom(5);

/** What the portal asked. */
interface Asked {
  /** Over REST, without those that were answered with 304. */
  rest: number;
  notModified: number;
  queries: number;
  points: number;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const logger: LoggerService = {
  error: text => say(`error: ${text}`),
  warn: text => say(`warning: ${text}`),
  info: () => {},
  debug: () => {},
  child: () => logger,
};

function nameOf(index: number): string {
  return `plugin-${String(index).padStart(5, '0')}`;
}

async function startGitHub(
  stateDir: string,
  clock: SimulatedClock,
): Promise<GitHubEmulator> {
  const emulator = await startGitHubEmulator({
    stateDir,
    clock: clock.now,
    validate: 'off',
    seed: {
      accounts: [
        { login: 'author' },
        { login: 'portal-bot', isMachine: true },
        ...FANS.map(login => ({ login })),
      ],
      organizations: [
        { login: ORGANIZATION, owners: ['portal-bot'], members: ['author'] },
      ],
      tokens: [
        { token: TOKEN, account: 'portal-bot' },
        { token: AUTHOR_TOKEN, account: 'author' },
      ],
    },
  });
  await emulator.plant({
    owner: ORGANIZATION,
    author: 'author',
    count: repositories,
    name: nameOf,
    files: index => ({
      'README.md': `# Plugin ${index}\n\nChecks the requests of many.\n`,
      'main.go': 'package main\n',
    }),
    releases: [{ tag: 'v1.0.0', daysAgo: 3, notes: 'First.' }],
    stars: index => FANS.slice(0, index % 4),
  });
  return emulator;
}

/** Counts what the portal asks from now on. */
function countRequests(emulator: GitHubEmulator): () => Asked {
  const asked: Asked = { rest: 0, notModified: 0, queries: 0, points: 0 };
  let last = emulator.requests().at(-1);
  // Called often: the emulator only keeps the last ten thousand
  return () => {
    const all = emulator.requests();
    for (const request of all.slice(last ? all.lastIndexOf(last) + 1 : 0)) {
      if (request.login !== 'portal-bot') {
        continue;
      }
      if (request.path === '/graphql') {
        asked.queries += 1;
        asked.points += request.cost;
      } else {
        asked.rest += request.cost;
        asked.notModified += request.status === 304 ? 1 : 0;
      }
    }
    last = all.at(-1);
    return { ...asked };
  };
}

/**
 * Has the portal know all plugins as if it had been up for a day: what it has to read of each
 * repository is put there, as old as it would be.
 */
async function warmUp(
  emulator: GitHubEmulator,
  portal: SimulatedPortal,
  clock: SimulatedClock,
  knex: Knex,
): Promise<void> {
  emulator.setRateLimits({ core: 1e9, graphql: 1e9 });
  const entities = Array.from({ length: repositories }, (_, index) =>
    testPlugin(nameOf(index), {
      metadata: {
        annotations: {
          'github.com/project-slug': `${ORGANIZATION}/${nameOf(index)}`,
          'backstage.io/managed-by-location': `url:${
            emulator.url
          }/${ORGANIZATION}/${nameOf(index)}/tree/main/catalog-info.yaml`,
        },
      },
    }),
  );
  await portal.plugins.upsert(entities);
  for (let from = 0; from < repositories; from += 100) {
    const batch = entities.slice(from, from + 100);
    const readings = await portal.door.readRepositories({
      host: emulator.host,
      lane: 'sweep',
      repositories: batch.map(({ metadata }) => ({
        owner: ORGANIZATION,
        name: metadata.name,
      })),
    });
    for (const [index, reading] of readings.entries()) {
      if (reading.outcome !== 'found') {
        throw new Error(`${batch[index].metadata.name} is ${reading.outcome}`);
      }
      await putParts(portal, batch[index], reading.repository, clock.now());
    }
  }
  await keepDiscussions(portal, entities[0], clock, knex);
  emulator.restoreRateLimits({ forget: true });
}

/** Puts there all that would be read of a repository that the portal sees for the first time. */
async function putParts(
  { repositories: store }: SimulatedPortal,
  entity: EnvoyGoPluginEntity,
  snapshot: RepositorySnapshot,
  now: Date,
): Promise<void> {
  const { asOf } = snapshot;
  const link = await store.findLink(stringifyEntityRef(entity));
  if (!link) {
    throw new Error(`${entity.metadata.name} does not say where it is`);
  }
  await store.saveSnapshot(snapshot);
  await store.link(link, snapshot);
  const url = `${snapshot.url}/blob/main/README.md`;
  const readme = { content: '', url, rawUrl: url };
  await store.savePart(snapshot, 'readme', {
    value: readme,
    version: versionOf('readme', snapshot),
    asOf,
  });
  await store.savePart(snapshot, 'source', {
    value: { defaultBranch: 'main', branches: [], tags: [], contributors: [] },
    version: versionOf('source', snapshot),
    asOf,
  });
  await store.changeReleases(snapshot, () => ({
    releases: snapshot.releases.newest.map(release => ({
      ...release,
      publishedAt: release.publishedAt ?? asOf,
      assets: [],
    })),
    activities: [],
  }));
  for (const release of snapshot.releases.newest) {
    await store.saveReleaseReadme(snapshot, release.id, {
      value: readme,
      asOf,
    });
  }
  await store.savePart(snapshot, 'releases', {
    value: null,
    version: versionOf('releases', snapshot),
    asOf,
  });
  await store.savePart(snapshot, 'discussions', {
    value: [],
    version: versionOf('discussions', snapshot),
    asOf: new Date(now.getTime() - random() * DAY_MS).toISOString(),
  });
  await store.setStargazers(snapshot, {
    logins: FANS.slice(0, snapshot.stars),
    complete: true,
    stars: snapshot.stars,
    asOf,
  });
}

/**
 * Keeps GitHub's answers about discussions, which are asked for once a day: there are none
 * anywhere yet, so that one answer is as good for all.
 */
async function keepDiscussions(
  portal: SimulatedPortal,
  entity: EnvoyGoPluginEntity,
  clock: SimulatedClock,
  knex: Knex,
): Promise<void> {
  const { metadata } = entity;
  const link = await portal.repositories.findLink(stringifyEntityRef(entity));
  if (!link?.repository) {
    throw new Error(`${metadata.name} is not known`);
  }
  await portal.refresher.readParts(link.repository, ['discussions'], {
    lane: 'sweep',
  });
  const [kept]: { url: string }[] = await knex('github_responses');
  const store = new DatabaseKeptAnswerStore(knex);
  const answer = await store.get(kept.url);
  if (!answer) {
    throw new Error(`The answer about ${metadata.name} was not kept`);
  }
  for (let index = 1; index < repositories; index += 1) {
    await store.put(kept.url.replace(metadata.name, nameOf(index)), {
      ...answer,
      checkedAt: clock.now(),
    });
  }
}

/** Spreads over time when GitHub is asked next, as it is after a while. */
async function spread(knex: Knex, portal: SimulatedPortal, now: Date) {
  const rows: { entity_ref: string }[] = await knex(
    'plugin_repositories',
  ).select('entity_ref');
  await knex.transaction(async tx => {
    for (const { entity_ref } of rows) {
      const ahead = random() * 0.7 * portal.maxFactsAgeMs;
      await tx('plugin_repositories')
        .where({ entity_ref })
        .update({ due_at: new Date(now.getTime() + ahead).toISOString() });
    }
  });
}

/** Something happens to one of the repositories. */
async function change(emulator: GitHubEmulator, author: Octokit, at: number) {
  const repo = nameOf(Math.floor(random() * repositories));
  const name = `${ORGANIZATION}/${repo}`;
  const kind = random();
  if (kind < 0.4) {
    const file = random() < 0.3 ? 'README.md' : 'main.go';
    await emulator.changes.push(name, {
      by: 'author',
      files: { [file]: `// ${at}\n` },
    });
  } else if (kind < 0.7) {
    await emulator.changes.star(name, { by: pick(random, FANS) });
  } else if (kind < 0.9) {
    await author.rest.issues.create({
      owner: ORGANIZATION,
      repo,
      title: `Issue ${at}`,
    });
  } else {
    await emulator.changes.release(name, {
      by: 'author',
      tag: `v2.${at}.0`,
      notes: 'Better.',
    });
  }
}

/** One hour. Returns how old facts were at most, in minutes. */
async function passHour(options: {
  emulator: GitHubEmulator;
  portal: SimulatedPortal;
  clock: SimulatedClock;
  knex: Knex;
  author: Octokit;
  count: () => Asked;
}): Promise<number> {
  const { emulator, portal, clock, knex, author, count } = options;
  const begin = clock.now().getTime();
  const until = (ms: number) => clock.pass(begin + ms - clock.now().getTime());
  const changes = Array.from(
    { length: changesPerHour },
    () => random() * (HOUR_MS - DELIVERY_MS),
  ).sort((a, b) => a - b);
  let oldest = 0;
  for (let minute = 0; minute < 60; minute += 1) {
    until(Math.max(minute * 60_000, clock.now().getTime() - begin));
    const [{ asOf }] = await knex('repositories').min({ asOf: 'as_of' });
    oldest = Math.max(oldest, clock.now().getTime() - Date.parse(asOf));
    await portal.runDueTasks();
    while (changes.length > 0 && changes[0] < (minute + 1) * 60_000) {
      until(Math.max(changes.shift() ?? 0, clock.now().getTime() - begin));
      await change(emulator, author, clock.now().getTime());
      clock.pass(DELIVERY_MS);
      await emulator.deliveriesSettled();
      await portal.handled();
    }
    count();
  }
  until(HOUR_MS);
  return oldest / 60_000;
}

async function measure(
  name: string,
  options: {
    emulator: GitHubEmulator;
    clock: SimulatedClock;
    knex: Knex;
    webhooks: boolean;
  },
): Promise<{ perHour: number; maxAgeMinutes: number }> {
  const { emulator, clock, knex } = options;
  const began = performance.now();
  const { host, apiBaseUrl } = emulator;
  const portal = await startSimulatedPortal({
    ...options,
    host,
    apiBaseUrl,
    token: TOKEN,
    organization: ORGANIZATION,
    logger,
  });
  const organization = emulator.state.accounts.find(ORGANIZATION);
  if (portal.webhook && organization) {
    emulator.hooks.create({
      target: { type: 'organization', id: organization.id },
      ...portal.webhook,
      contentType: 'json',
      events: ['*'],
    });
  }
  await spread(knex, portal, clock.now());
  const author = new Octokit({ auth: AUTHOR_TOKEN, baseUrl: apiBaseUrl });
  try {
    const count = countRequests(emulator);
    let maxAgeMinutes = 0;
    for (let hour = 0; hour < hours; hour += 1) {
      const age = await passHour({ ...options, portal, author, count });
      maxAgeMinutes = Math.max(maxAgeMinutes, age);
    }
    const asked = count();
    const requests = asked.rest + asked.queries;
    const perHour = Math.max(requests, asked.points) / hours;
    const [{ failed }] = await knex('webhook_deliveries')
      .whereIn('state', ['failed', 'dead'])
      .count({ failed: '*' });
    if (Number(failed) > 0) {
      throw new Error(`${failed} deliveries could not be handled`);
    }
    row(name, [
      perHour,
      asked.rest / hours,
      asked.queries / hours,
      asked.points / hours,
      asked.notModified / hours,
      maxAgeMinutes,
      (performance.now() - began) / 1000,
    ]);
    return { perHour, maxAgeMinutes };
  } finally {
    await portal.stop();
    await knex('github_credentials').delete();
  }
}

/** Reads all that the portal knows of some repositories, one after the other, over REST. */
async function measureNaive(emulator: GitHubEmulator): Promise<number> {
  const began = performance.now();
  emulator.setRateLimits({ core: 1e9 });
  const count = countRequests(emulator);
  const { repos, issues } = new Octokit({
    auth: TOKEN,
    baseUrl: emulator.apiBaseUrl,
  }).rest;
  for (let index = 0; index < naiveSample; index += 1) {
    const at = { owner: ORGANIZATION, repo: nameOf(index), per_page: 100 };
    await repos.get(at);
    await repos.getReadme(at);
    await repos.listReleases(at);
    await repos.listTags(at);
    await repos.listBranches(at);
    await repos.listContributors(at);
    await issues.listForRepo({ ...at, state: 'open' });
  }
  const asked = count();
  const perHour = (asked.rest / naiveSample) * repositories;
  row(`Naive (${naiveSample} measured)`, [
    perHour,
    perHour,
    0,
    0,
    0,
    60,
    (performance.now() - began) / 1000,
  ]);
  emulator.restoreRateLimits({ forget: true });
  return perHour;
}

function row(name: string, values: (number | string)[]): void {
  say(
    name.padEnd(26) +
      values
        .map(value =>
          (typeof value === 'string'
            ? value
            : value.toFixed(value < 100 ? 1 : 0)
          ).padStart(12),
        )
        .join(''),
  );
}

async function main() {
  const directory = await mkdtemp(join(tmpdir(), 'bench-budget-'));
  const clock = new SimulatedClock(new Date());
  const knex = knexFactory({
    client: 'better-sqlite3',
    connection: ':memory:',
    useNullAsDefault: true,
    pool: { min: 1, max: 1 },
  });
  const began = performance.now();
  const emulator = await startGitHub(join(directory, 'github'), clock);
  try {
    say(
      `${repositories} repositories planted in ${(
        (performance.now() - began) /
        1000
      ).toFixed(1)} s`,
    );
    const { host, apiBaseUrl } = emulator;
    const portal = await startSimulatedPortal({
      knex,
      clock,
      host,
      apiBaseUrl,
      token: TOKEN,
      organization: ORGANIZATION,
      webhooks: false,
      logger,
    });
    await warmUp(emulator, portal, clock, knex);
    await portal.stop();
    await knex('github_credentials').delete();
    say(
      `The portal knows them after ${(
        (performance.now() - began) /
        1000
      ).toFixed(
        1,
      )} s\n\nAn hour each, with ${changesPerHour} changes in it; asked is the larger of REST (without 304) and GraphQL requests together, and GraphQL points`,
    );
    row('', [
      'asked',
      'REST',
      'GraphQL',
      'points',
      '304, free',
      'oldest min',
      'took s',
    ]);
    const without = await measure('Without webhooks', {
      emulator,
      clock,
      knex,
      webhooks: false,
    });
    const withWebhooks = await measure('With webhooks', {
      emulator,
      clock,
      knex,
      webhooks: true,
    });
    const naive = await measureNaive(emulator);
    say(
      JSON.stringify({
        requestsPerHour: Math.round(withWebhooks.perHour),
        requestsPerHourNoWebhooks: Math.round(without.perHour),
        maxAgeMinutes: Math.round(without.maxAgeMinutes * 10) / 10,
        naiveRequestsPerHour: Math.round(naive),
      }),
    );
  } finally {
    await knex.destroy();
    await emulator.close();
    await rm(directory, { recursive: true, force: true });
  }
}

main().then(
  () => process.exit(0),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
