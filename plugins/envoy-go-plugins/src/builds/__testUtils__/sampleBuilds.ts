import type {
  Build,
  BuildLogLine,
  BuildRunner,
  PluginVersion,
  ProofRow,
  VersionImage,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { BuildsState } from './InMemoryEnvoyGoPluginsBuildsApi';

const DIGEST =
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const LIBRARY =
  'sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752';
const COMMIT = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d';

/** The public key of nobody, as a key looks. */
export const SAMPLE_PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEc2FtcGxlLXB1YmxpYy1rZXktb2Yt
bm9ib2R5LWZvci10aGUtcGFnZXMtb25seS0wMTIzNDU2Nzg5YWJjZGVmZw==
-----END PUBLIC KEY-----
`;

/** How a version did in one Envoy. */
export function sampleProof(
  envoy: string,
  part: Partial<ProofRow> = {},
): ProofRow {
  return {
    envoy,
    platform: 'linux/amd64',
    outcome: 'passed',
    cases: [
      {
        name: 'refuses a request without a token',
        outcome: 'passed',
        differences: [],
      },
      {
        name: 'lets a request with the right token pass',
        outcome: 'passed',
        differences: [],
      },
    ],
    provenAt: '2026-11-19T10:01:00Z',
    ...part,
  };
}

/** How a version failed in one Envoy. */
export function sampleFailedProof(envoy: string): ProofRow {
  return sampleProof(envoy, {
    outcome: 'failed',
    reason: '1 of 2 cases failed.',
    cases: [
      {
        name: 'refuses a request without a token',
        outcome: 'failed',
        differences: ['expected status 403', 'the answer had status 200'],
      },
      {
        name: 'lets a request with the right token pass',
        outcome: 'passed',
        differences: [],
      },
    ],
  });
}

/** A build, complete but for what is given. */
export function sampleBuild(part: Partial<Build> = {}): Build {
  return {
    id: 'b-140',
    kind: 'release',
    state: 'passed',
    plugin: { namespace: 'default', name: 'token-auth' },
    host: 'github.example',
    repositoryId: 41,
    repository: 'envoy-plugins/token-auth',
    commit: COMMIT,
    commitUrl: `https://github.example/envoy-plugins/token-auth/commit/${COMMIT}`,
    tag: 'v1.4.0',
    version: '1.4.0',
    requestedBy: 'system',
    attempts: 1,
    runner: 'runner-1',
    createdAt: '2026-11-19T10:00:02Z',
    startedAt: '2026-11-19T10:00:03Z',
    endedAt: '2026-11-19T10:00:31Z',
    steps: [
      ['source', 320],
      ['modules', 2_410],
      ['vet', 3_100],
      ['unit tests', 4_200],
      ['build linux/amd64', 7_020],
      ['symbols', 90],
      ['proof 1.38.3', 1_900],
      ['proof 1.39.3', 1_850],
      ['proof 1.40.0', 1_920],
      ['image', 1_200],
      ['signatures', 2_300],
      ['tags', 300],
    ].map(([name, durationMs]) => ({
      name: String(name),
      state: 'passed',
      durationMs: Number(durationMs),
    })),
    go: '1.26.8',
    libraries: [{ platform: 'linux/amd64', digest: LIBRARY, bytes: 3_612_000 }],
    proofs: ['1.38.3', '1.39.3', '1.40.0'].map(envoy => sampleProof(envoy)),
    vulnerabilities: {
      outcome: 'passed',
      vulnerabilities: [],
      databaseAt: '2026-11-18T00:00:00Z',
    },
    image: `localhost:5010/plugins/token-auth@${DIGEST}`,
    logLines: 0,
    allowedActions: [],
    ...part,
  };
}

/** Lines of a log, of the steps in turn. */
export function sampleLog(steps: string[], linesOfEach = 6): BuildLogLine[] {
  return steps.flatMap((step, index) =>
    Array.from({ length: linesOfEach }, (_, line) => ({
      number: index * linesOfEach + line + 1,
      step,
      text:
        line === linesOfEach - 1
          ? `\u001b[32mok\u001b[0m ${step}`
          : `${step}: line ${line + 1}`,
    })),
  );
}

/** An image of a version. */
export function sampleImage(
  version: string,
  part: Partial<VersionImage> = {},
): VersionImage {
  const repository = 'localhost:5010/plugins/token-auth';
  return {
    repository,
    digest: DIGEST,
    size: 3_640_112,
    platforms: [
      { platform: 'linux/amd64', digest: LIBRARY, size: 1_820_056 },
      {
        platform: 'linux/arm64',
        digest: LIBRARY.replace('60303ae', '5feceb6'),
        size: 1_820_056,
      },
    ],
    tags: [version, '1.4', '1', 'latest'],
    signed: true,
    pullCommand: `crane pull ${repository}@${DIGEST} token-auth.tar`,
    verifyCommand: `cosign verify --key envoy-go-plugins.pub ${repository}@${DIGEST}`,
    publicKey: SAMPLE_PUBLIC_KEY,
    documents: (
      [
        ['sbom', 'application/vnd.cyclonedx+json'],
        ['provenance', 'application/vnd.in-toto+json'],
        ['proof', 'application/vnd.envoygo.proof+json'],
      ] as const
    ).map(([kind, mediaType], index) => {
      const digest = `sha256:${String(index).repeat(64)}`;
      return {
        kind,
        mediaType,
        digest,
        url: `/plugins/default/token-auth/versions/${version}/documents/${digest}`,
      };
    }),
    pushedAt: '2026-11-19T10:00:30Z',
    ...part,
  };
}

/** A version of token-auth, complete but for what is given. */
export function sampleVersion(
  version: string,
  part: Partial<PluginVersion> = {},
): PluginVersion {
  const tag = `v${version}`;
  return {
    version,
    tag,
    commit: COMMIT,
    commitUrl: `https://github.example/envoy-plugins/token-auth/commit/${COMMIT}`,
    releaseUrl: `https://github.example/envoy-plugins/token-auth/releases/tag/${tag}`,
    publishedAt: '2026-11-19T10:00:00Z',
    prerelease: false,
    build: { id: 'b-140', state: 'passed' },
    go: '1.26.8',
    libraries: [{ platform: 'linux/amd64', digest: LIBRARY, bytes: 3_612_000 }],
    image: sampleImage(version),
    proofs: ['1.38.3', '1.39.3', '1.40.0'].map(envoy => sampleProof(envoy)),
    vulnerabilities: {
      outcome: 'passed',
      vulnerabilities: [],
      databaseAt: '2026-11-18T00:00:00Z',
    },
    ...part,
  };
}

/** A runner, complete but for what is given. */
export function sampleRunner(part: Partial<BuildRunner> = {}): BuildRunner {
  return {
    name: 'runner-1',
    version: '0.1.0',
    state: 'connected',
    hostname: 'builder.example',
    platforms: ['linux/amd64'],
    go: ['1.26.8'],
    isolation: [
      {
        name: 'Network',
        given: true,
        detail: 'No network after the modules are there.',
      },
      {
        name: 'Memory',
        given: false,
        detail: 'cgroups cannot be written here; limits are those of rlimits.',
      },
    ],
    concurrency: 1,
    builds: [],
    connectedAt: '2026-11-22T08:00:00Z',
    seenAt: '2026-11-22T12:00:00Z',
    ...part,
  };
}

/** Versions, builds, logs and runners that show every state there is. */
export function sampleBuilds(): BuildsState {
  const building = sampleBuild({
    id: 'b-200rc1',
    state: 'building',
    tag: 'v2.0.0-rc.1',
    version: '2.0.0-rc.1',
    commit: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b',
    createdAt: '2026-11-22T11:59:00Z',
    startedAt: '2026-11-22T11:59:02Z',
    endedAt: undefined,
    libraries: [],
    proofs: [],
    vulnerabilities: undefined,
    image: undefined,
    allowedActions: ['cancel'],
    steps: [
      { name: 'source', state: 'passed', durationMs: 320 },
      { name: 'modules', state: 'passed', durationMs: 2_410 },
      { name: 'vet', state: 'passed', durationMs: 3_100 },
      { name: 'unit tests', state: 'passed', durationMs: 4_200 },
      { name: 'build linux/amd64', state: 'passed', durationMs: 7_020 },
      {
        name: 'proof 1.40.0',
        state: 'running',
        startedAt: new Date(Date.now() - 2_000).toISOString(),
      },
      { name: 'image', state: 'queued' },
      { name: 'signatures', state: 'queued' },
    ],
  });
  const failed = sampleBuild({
    id: 'b-130',
    state: 'failed',
    tag: 'v1.3.0',
    version: '1.3.0',
    commit: '60303ae22b998861bce3b28f33eec1be758a213c',
    reason: 'The proof failed in Envoy 1.40.0.',
    image: undefined,
    allowedActions: ['retry'],
    createdAt: '2026-08-02T10:00:00Z',
    startedAt: '2026-08-02T10:00:01Z',
    endedAt: '2026-08-02T10:00:20Z',
    proofs: [
      sampleProof('1.38.3'),
      sampleProof('1.39.3'),
      sampleFailedProof('1.40.0'),
    ],
    steps: [
      { name: 'source', state: 'passed', durationMs: 290 },
      { name: 'modules', state: 'passed', durationMs: 2_100 },
      { name: 'build linux/amd64', state: 'passed', durationMs: 6_900 },
      { name: 'proof 1.38.3', state: 'passed', durationMs: 1_900 },
      { name: 'proof 1.39.3', state: 'passed', durationMs: 1_880 },
      {
        name: 'proof 1.40.0',
        state: 'failed',
        reason: '1 of 2 cases failed.',
        durationMs: 1_910,
      },
    ],
  });
  const request = sampleBuild({
    id: 'b-request',
    kind: 'request',
    state: 'queued',
    plugin: { namespace: 'default', name: 'token-bucket' },
    repository: 'author/token-bucket',
    commit: '5feceb66ffc86f38d952786c6d696c79c2dbc239',
    tag: undefined,
    version: undefined,
    requestId: 'r-checking',
    requestedBy: 'user:default/author',
    attempts: 1,
    nextAttemptAt: new Date(Date.now() + 40_000).toISOString(),
    reason: 'The runner runner-2 was lost while it had the build.',
    runner: 'runner-2',
    createdAt: '2026-11-22T11:58:00Z',
    startedAt: undefined,
    endedAt: undefined,
    steps: [],
    libraries: [],
    proofs: [],
    vulnerabilities: undefined,
    image: undefined,
    allowedActions: ['cancel'],
  });
  const broken = sampleBuild({
    id: 'b-cors',
    kind: 'rebuild',
    state: 'could-not-run',
    plugin: { namespace: 'default', name: 'cors-guard' },
    repository: 'envoy-plugins/cors-guard',
    tag: 'v2.1.0',
    version: '2.1.0',
    requestedBy: 'user:default/admin',
    requestReason: 'Go 1.26.8 mends a vulnerability',
    reason:
      'The module proxy did not answer for 60 s, three times. The last attempt was at 11:20.',
    attempts: 3,
    image: undefined,
    proofs: [],
    libraries: [],
    vulnerabilities: undefined,
    steps: [
      { name: 'source', state: 'passed', durationMs: 300 },
      {
        name: 'modules',
        state: 'could-not-run',
        reason: 'The module proxy did not answer for 60 s.',
        durationMs: 60_000,
      },
    ],
    allowedActions: ['retry'],
    createdAt: '2026-11-22T11:00:00Z',
    startedAt: '2026-11-22T11:19:00Z',
    endedAt: '2026-11-22T11:20:00Z',
  });
  const passed = sampleBuild();
  const builds = [building, request, broken, passed, failed];
  const logs = Object.fromEntries(
    builds.map(build => [
      build.id,
      sampleLog(
        build.steps
          .filter(({ state }) => state !== 'queued')
          .map(({ name }) => name),
      ),
    ]),
  );
  return {
    builds: builds.map(build => ({
      ...build,
      logLines: logs[build.id].length,
    })),
    logs,
    runners: [
      sampleRunner({ builds: ['b-200rc1'] }),
      sampleRunner({
        name: 'runner-2',
        state: 'lost',
        hostname: 'spare.example',
        seenAt: '2026-11-22T11:58:30Z',
      }),
    ],
    versions: {
      'default/token-auth': [
        sampleVersion('2.0.0-rc.1', {
          publishedAt: '2026-11-21T10:00:00Z',
          prerelease: true,
          commit: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b',
          build: { id: 'b-200rc1', state: 'building' },
          image: undefined,
          proofs: [],
          libraries: [],
          vulnerabilities: undefined,
        }),
        sampleVersion('1.4.0'),
        sampleVersion('1.3.0', {
          publishedAt: '2026-08-02T10:00:00Z',
          commit: '60303ae22b998861bce3b28f33eec1be758a213c',
          build: {
            id: 'b-130',
            state: 'failed',
            reason: 'The proof failed in Envoy 1.40.0.',
          },
          image: undefined,
          proofs: [sampleProof('1.38.3'), sampleFailedProof('1.40.0')],
          vulnerabilities: {
            outcome: 'failed',
            vulnerabilities: [
              {
                id: 'GO-2026-0001',
                aliases: ['CVE-2026-10001'],
                summary: 'Reading of a header takes quadratic time',
                module: 'golang.org/x/net',
                version: 'v0.40.0',
                fixedIn: 'v0.41.0',
                reached: true,
                url: 'https://pkg.go.dev/vuln/GO-2026-0001',
              },
            ],
            databaseAt: '2026-08-01T00:00:00Z',
          },
        }),
      ],
    },
  };
}
