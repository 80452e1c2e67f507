import { stringifyEntityRef } from '@backstage/catalog-model';
import type {
  EnvoyGoPluginEntity,
  PluginDetails,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { InMemoryPlugin } from './InMemoryEnvoyGoPluginsApi';

/** An entity of the kind, complete but for what is given. */
export function sampleEntity(
  name: string,
  part: {
    metadata?: Partial<EnvoyGoPluginEntity['metadata']>;
    spec?: Partial<EnvoyGoPluginEntity['spec']>;
  } = {},
): EnvoyGoPluginEntity {
  return {
    apiVersion: 'envoygo.dev/v1alpha1',
    kind: 'EnvoyGoPlugin',
    metadata: {
      name,
      namespace: 'default',
      title: name,
      description: `What ${name} does`,
      annotations: { 'github.com/project-slug': `envoy-plugins/${name}` },
      ...part.metadata,
    },
    spec: {
      type: 'http-filter',
      runtime: 'dynamic-module',
      lifecycle: 'production',
      owner: 'group:default/gateway',
      category: 'authn',
      filterName: name,
      package: '.',
      envoy: '>=1.38',
      ...part.spec,
    },
    relations: [
      {
        type: 'ownedBy',
        targetRef: part.spec?.owner ?? 'group:default/gateway',
      },
    ],
  };
}

/** A plugin made of its entity and what GitHub says. */
export function samplePlugin(
  entity: EnvoyGoPluginEntity,
  facts: Partial<PluginDetails> & Omit<InMemoryPlugin, 'details'> = {},
): InMemoryPlugin {
  const {
    readme,
    releaseReadmes,
    releases,
    discussions,
    source,
    activity,
    starred,
    staleReason,
    ...summary
  } = facts;
  const { metadata, spec } = entity;
  return {
    readme,
    releaseReadmes,
    releases,
    discussions,
    source,
    activity,
    starred,
    staleReason,
    details: {
      entityRef: stringifyEntityRef(entity),
      namespace: metadata.namespace ?? 'default',
      name: metadata.name,
      title: metadata.title ?? metadata.name,
      description: metadata.description,
      tags: metadata.tags ?? [],
      category: spec.category,
      runtime: spec.runtime,
      lifecycle: spec.lifecycle,
      owner: spec.owner,
      filterName: spec.filterName,
      envoy: spec.envoy,
      envoyVersions: ['1.38', '1.39', '1.40'],
      stars: 0,
      factsAsOf: '2026-11-22T12:00:00Z',
      entity,
      repository: {
        asOf: '2026-11-22T12:00:00Z',
        staleReason,
        value: {
          slug: `envoy-plugins/${metadata.name}`,
          url: `https://github.example/envoy-plugins/${metadata.name}`,
          visibility: 'public',
          pushedAt: '2026-11-21T09:30:00Z',
          openPullRequests:
            discussions?.filter(one => one.type === 'pull-request').length ?? 0,
          stars: summary.stars ?? 0,
          forks: 1,
          openIssues:
            discussions?.filter(one => one.type === 'issue').length ?? 0,
          license: 'Apache-2.0',
          defaultBranch: 'main',
          archived: false,
        },
      },
      ...summary,
    },
  };
}

/** A configuration with every sort of field that matters to a form. */
export const TOKEN_AUTH_CONFIG: NonNullable<
  EnvoyGoPluginEntity['spec']['config']
> = {
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    required: ['secret'],
    properties: {
      secret: {
        type: 'string',
        minLength: 4,
        writeOnly: true,
        description: 'What the token is made with, besides the path.',
      },
      header: {
        type: 'string',
        default: 'token',
        description: 'The request header that carries the token.',
      },
      status: {
        type: 'integer',
        minimum: 400,
        maximum: 599,
        default: 403,
        description: 'The status of a refusal.',
      },
      dryRun: {
        type: 'boolean',
        default: false,
        description: 'Counts what it would refuse, and lets it pass.',
      },
      exempt: {
        type: 'array',
        items: { type: 'string' },
        description: 'Paths that need no token.',
      },
    },
  },
  examples: [
    { title: 'The least there is', value: { secret: 's3cr3t' } },
    {
      title: 'Another header, health checks exempt',
      description: 'Refuses with 401',
      value: {
        secret: 's3cr3t',
        header: 'x-token',
        status: 401,
        exempt: ['/healthz'],
      },
    },
  ],
};

const README = `# Token auth

[![ci](https://github.example/envoy-plugins/token-auth/badge.svg)](../../actions)
[![coverage](https://badges.example/coverage.svg)](https://badges.example/token-auth)

Rejects requests that do not carry a valid token. See [the proof](envoy-proof.yaml) and [how it works](#how-it-works).

## How it works

The token is \`md5(path + secret)\`:

\`\`\`go
// Sum is what the client has to send.
func Sum(path, secret string) string {
	return fmt.Sprintf("%x", md5.Sum([]byte(path+secret)))
}
\`\`\`

| reply | when |
| --- | --- |
| 403 \`missing token\` | no header |
| 403 \`invalid token\` | a wrong one |

![the flow](docs/flow.png)

## State

- [x] constant time
- [ ] tokens that expire[^1]

<details><summary>Figures</summary>

![latency by version](https://charts.example/latency.png)

Press <kbd>R</kbd> to measure again.

</details>

[^1]: Asked for in [#9](../../issues/9).
`;

/** Six plugins as the demo portal has them. */
export function samplePlugins(): InMemoryPlugin[] {
  return [
    samplePlugin(
      sampleEntity('token-auth', {
        metadata: {
          title: 'Token auth',
          description:
            'Rejects requests that do not carry a valid token, made of the path and a secret that only client and filter know',
          tags: ['md5', 'security'],
        },
        spec: {
          config: TOKEN_AUTH_CONFIG,
          order: { before: ['body-transform'], conflictsWith: ['header-auth'] },
        },
      }),
      {
        stars: 42,
        verified: {
          version: '1.4.0',
          tag: 'v1.4.0',
          at: '2026-11-19T10:01:00Z',
          envoys: ['1.38.3', '1.39.3', '1.40.0'],
        },
        envoyProofs: ['1.38.3', '1.39.3', '1.40.0'].map(version => ({
          envoy: version.slice(0, 4),
          outcome: 'passed',
          versions: [version],
        })),
        releaseReadmes: {
          'v1.4.0': {
            content:
              '# Token auth 1.4\n\nAs it was. See [the proof](envoy-proof.yaml).\n\n![the flow](docs/flow.png)\n',
            url: 'https://github.example/envoy-plugins/token-auth/blob/v1.4.0/README.md',
            rawUrl:
              'https://github.example/envoy-plugins/token-auth/raw/v1.4.0/README.md',
          },
        },
        latestRelease: { tag: 'v1.4.0', publishedAt: '2026-11-19T10:00:00Z' },
        readme: {
          content: README,
          url: 'https://github.example/envoy-plugins/token-auth/blob/main/README.md',
          rawUrl:
            'https://github.example/envoy-plugins/token-auth/raw/main/README.md',
        },
        releases: [
          {
            tag: 'v2.0.0-rc.1',
            url: 'https://github.example/envoy-plugins/token-auth/releases/tag/v2.0.0-rc.1',
            publishedAt: '2026-11-21T10:00:00Z',
            prerelease: true,
            commit: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b',
          },
          {
            tag: 'v1.4.0',
            name: 'Exempt paths',
            notes: '## New\n- `exempt` lists paths that need no token.\n',
            url: 'https://github.example/envoy-plugins/token-auth/releases/tag/v1.4.0',
            publishedAt: '2026-11-19T10:00:00Z',
            prerelease: false,
            commit: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
            author: 'author',
            assets: [
              {
                name: 'libtoken-auth-linux-amd64.so',
                url: 'https://github.example/envoy-plugins/token-auth/releases/download/v1.4.0/libtoken-auth-linux-amd64.so',
                size: 3_612_000,
                contentType: 'application/octet-stream',
                downloads: 1204,
              },
              {
                name: 'checksums.txt',
                url: 'https://github.example/envoy-plugins/token-auth/releases/download/v1.4.0/checksums.txt',
                size: 98,
                contentType: 'text/plain',
                downloads: 1,
              },
            ],
          },
          {
            tag: 'v1.3.0',
            url: 'https://github.example/envoy-plugins/token-auth/releases/tag/v1.3.0',
            publishedAt: '2026-08-02T10:00:00Z',
            prerelease: false,
          },
        ],
        source: {
          defaultBranch: 'main',
          branches: [
            {
              name: 'feature/query-parameter',
              commit: '5feceb66ffc86f38d952786c6d696c79c2dbc239',
            },
            {
              name: 'main',
              commit: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b',
            },
          ],
          tags: [
            'v2.0.0-rc.1',
            'v1.4.0',
            'v1.3.0',
            'v1.2.1',
            'v1.2.0',
            'v1.1.0',
          ].map(name => ({
            name,
            commit: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
          })),
          contributors: [
            ['author', 87],
            ['contributor', 12],
            ['somebody-else', 1],
          ].map(([login, commits]) => ({
            login: String(login),
            commits: Number(commits),
            url: `https://github.example/${login}`,
            avatarUrl: `https://avatars.github.example/${login}`,
          })),
        },
        activity: [
          {
            type: 'released',
            at: '2026-11-21T10:00:00Z',
            message: 'Released v2.0.0-rc.1',
            alarm: false,
            actor: 'author',
            url: 'https://github.example/envoy-plugins/token-auth/releases/tag/v2.0.0-rc.1',
          },
          {
            type: 'tag-moved',
            at: '2026-11-20T10:00:00Z',
            message:
              'The tag v1.3.0 was moved from 60303ae to 4e07408 after its release',
            alarm: true,
            actor: 'contributor',
          },
          {
            type: 'yanked',
            at: '2026-11-19T12:00:00Z',
            message: 'Withdrew v1.2.1: it lets every token pass',
            alarm: false,
            actor: 'author',
          },
          {
            type: 'transferred',
            at: '2026-08-01T10:00:00Z',
            message: 'Transferred from author/token-auth',
            alarm: false,
          },
        ],
        discussions: [
          {
            type: 'pull-request',
            number: 12,
            title: 'Accept tokens from a query parameter',
            url: 'https://github.example/envoy-plugins/token-auth/pull/12',
            author: 'contributor',
            labels: [{ name: 'enhancement', color: 'a2eeef' }],
            comments: 3,
            draft: true,
            createdAt: '2026-11-20T10:00:00Z',
            updatedAt: '2026-11-21T10:00:00Z',
          },
          {
            type: 'issue',
            number: 9,
            title: 'A trailing slash makes another token',
            url: 'https://github.example/envoy-plugins/token-auth/issues/9',
            author: 'author',
            labels: [
              { name: 'bug', color: 'd73a4a' },
              { name: 'help wanted', color: 'not a colour' },
            ],
            comments: 1,
            createdAt: '2026-10-20T10:00:00Z',
            updatedAt: '2026-10-21T10:00:00Z',
          },
        ],
      },
    ),
    samplePlugin(
      sampleEntity('header-auth', {
        metadata: {
          title: 'Header auth',
          description: 'Lets requests pass whose header has the right value',
        },
        spec: {
          config: {
            schema: {
              type: 'object',
              properties: {
                header: { type: 'string', default: 'user' },
                value: { type: 'string', default: 'admin' },
              },
            },
          },
        },
      }),
      {
        stars: 7,
        latestRelease: { tag: 'v0.3.0', publishedAt: '2026-11-22T09:00:00Z' },
      },
    ),
    samplePlugin(
      sampleEntity('local-rate-limit', {
        metadata: {
          title: 'Local rate limit',
          description: 'Token bucket per route, 429 with Retry-After',
          tags: ['limits'],
        },
        spec: { category: 'traffic', lifecycle: 'experimental' },
      }),
      {
        stars: 17,
        envoyProofs: [
          { envoy: '1.38', outcome: 'passed', versions: ['1.38.3'] },
          { envoy: '1.39', outcome: 'not-run', versions: [] },
          { envoy: '1.40', outcome: 'failed', versions: ['1.40.0'] },
        ],
        latestRelease: { tag: 'v0.9.1', publishedAt: '2026-11-22T10:00:00Z' },
      },
    ),
    samplePlugin(
      sampleEntity('cors-guard', {
        metadata: { title: 'CORS guard', description: 'Answers preflights' },
        spec: {
          category: 'access',
          owner: 'user:default/author',
          runtime: 'golang-filter',
          envoy: '>=1.30 <1.40',
        },
      }),
      {
        stars: 1200,
        envoyVersions: ['1.36', '1.38', '1.39'],
        latestRelease: { tag: 'v2.1.0', publishedAt: '2025-11-22T10:00:00Z' },
        staleReason: 'GitHub did not answer for 30 s.',
        releases: [
          {
            id: 3,
            tag: 'v2.2.0',
            url: 'https://github.example/envoy-plugins/cors-guard/releases/tag/v2.2.0',
            publishedAt: '2026-01-22T10:00:00Z',
            prerelease: false,
            commit: '6b86b273ff34fce19d6b804eff5a3f5747ada4ea',
            yanked: {
              at: '2026-01-23T10:00:00Z',
              reason: 'it answers preflights of every origin',
            },
          },
          {
            id: 2,
            tag: 'v2.1.0',
            url: 'https://github.example/envoy-plugins/cors-guard/releases/tag/v2.1.0',
            publishedAt: '2025-11-22T10:00:00Z',
            prerelease: false,
            commit: 'd4735e3a265e16eee03f59718b9b5d03019c07d8',
            movedTo: '4e07408562bedb8b60ce05c1decfe3ad16b72230',
            author: 'author',
          },
        ],
      },
    ),
    samplePlugin(
      sampleEntity('body-transform', {
        metadata: {
          title: 'Body transform',
          description: 'Rewrites JSON bodies, streamed or buffered',
        },
        spec: { category: 'transform', owner: 'user:default/author' },
      }),
      { stars: undefined, latestRelease: undefined, repository: undefined },
    ),
    samplePlugin(
      sampleEntity('old-auth', {
        metadata: { title: 'Old auth', description: 'Use token-auth instead' },
        spec: { lifecycle: 'deprecated' },
      }),
      {
        stars: 99,
        latestRelease: { tag: 'v0.0.1', publishedAt: '2022-11-22T10:00:00Z' },
      },
    ),
  ];
}
