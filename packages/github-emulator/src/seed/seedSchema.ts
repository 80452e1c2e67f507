const text = { type: 'string', minLength: 1 };
const texts = { type: 'array', items: text };
const days = { type: 'number', minimum: 0 };
const files = { type: 'object', additionalProperties: { type: 'string' } };

function object(
  required: string[],
  properties: Record<string, object>,
): { type: 'object' } & Record<string, unknown> {
  return { type: 'object', required, properties, additionalProperties: false };
}

const issue = {
  title: text,
  body: text,
  author: text,
  labels: texts,
  assignees: texts,
  comments: {
    type: 'array',
    items: object(['author', 'body'], { author: text, body: text }),
  },
  state: { enum: ['open', 'closed'] },
  daysAgo: days,
};

const repository = {
  owner: text,
  name: text,
  author: text,
  description: text,
  homepage: text,
  visibility: { enum: ['public', 'private'] },
  topics: texts,
  directory: text,
  licenseTemplate: text,
  files,
  teams: {
    type: 'object',
    additionalProperties: {
      enum: ['pull', 'triage', 'push', 'maintain', 'admin'],
    },
  },
  stars: texts,
  releases: {
    type: 'array',
    items: object(['tag', 'daysAgo'], {
      tag: text,
      name: text,
      notes: text,
      prerelease: { type: 'boolean' },
      daysAgo: days,
    }),
  },
  issues: { type: 'array', items: object(['title', 'author'], issue) },
  pullRequests: {
    type: 'array',
    items: object(['title', 'author', 'branch', 'files'], {
      ...issue,
      branch: text,
      files,
      draft: { type: 'boolean' },
    }),
  },
  daysAgo: days,
};

/** JSON Schema of a seed file. */
export const SEED_SCHEMA = object(['accounts'], {
  accounts: {
    type: 'array',
    items: object(['login'], {
      login: text,
      name: text,
      email: text,
      bio: text,
      company: text,
      location: text,
      isMachine: { type: 'boolean' },
    }),
  },
  organizations: {
    type: 'array',
    items: object(['login', 'owners'], {
      login: text,
      name: text,
      description: text,
      email: text,
      owners: texts,
      members: texts,
      membersCanCreateRepositories: { type: 'boolean' },
      baseRepositoryPermission: { enum: ['none', 'read', 'write', 'admin'] },
      teams: {
        type: 'array',
        items: object(['name', 'members'], {
          name: text,
          description: text,
          members: texts,
          parent: text,
        }),
      },
    }),
  },
  applications: {
    type: 'array',
    items: object(['name', 'clientId', 'clientSecret'], {
      name: text,
      clientId: text,
      clientSecret: text,
      callbackUrl: text,
      expiringTokens: { type: 'boolean' },
    }),
  },
  apps: {
    type: 'array',
    items: object(['slug', 'owner', 'key', 'permissions'], {
      slug: text,
      id: { type: 'integer', minimum: 1, maximum: 999 },
      name: text,
      owner: text,
      clientId: text,
      key: text,
      permissions: {
        type: 'object',
        additionalProperties: { enum: ['read', 'write', 'admin'] },
      },
      events: texts,
      webhook: object(['url'], { url: text, secret: text }),
      installations: {
        type: 'array',
        items: object(['account'], { account: text, repositories: texts }),
      },
    }),
  },
  tokens: {
    type: 'array',
    items: object(['account', 'token'], {
      token: text,
      account: text,
      scopes: texts,
    }),
  },
  repositories: {
    type: 'array',
    items: object(['owner', 'name', 'author'], repository),
  },
  folders: {
    type: 'array',
    items: object(['folder', 'defaults'], {
      folder: text,
      defaults: object(['owner', 'author'], repository),
    }),
  },
});
