import type { Seed } from '@envoy-go/github-emulator';

/** The token that the portal uses with {@link GITHUB_SEED}. */
export const PORTAL_TOKEN = 'portal-token';

/** A GitHub with one plugin that has a history, and one repository that has nothing. */
export const GITHUB_SEED: Seed = {
  accounts: [
    { login: 'admin' },
    { login: 'author' },
    { login: 'contributor' },
    { login: 'portal-bot', isMachine: true },
  ],
  organizations: [
    {
      login: 'envoy-plugins',
      owners: ['admin', 'portal-bot'],
      members: ['author'],
    },
  ],
  tokens: [
    { token: PORTAL_TOKEN, account: 'portal-bot' },
    { token: 'author-token', account: 'author' },
  ],
  repositories: [
    {
      owner: 'envoy-plugins',
      name: 'token-auth',
      author: 'author',
      stars: ['admin', 'contributor'],
      files: {
        'README.md': '# Token auth – größer\n',
        LICENSE: 'Apache License\n  Version 2.0, January 2004\n',
      },
      releases: [
        { tag: 'v0.9.0', daysAgo: 30, notes: 'First.' },
        { tag: 'v1.0.0', daysAgo: 7, notes: 'For good.' },
        { tag: 'v1.1.0-rc.1', prerelease: true, daysAgo: 1 },
      ],
      issues: [
        {
          title: 'Read the secret from a file',
          author: 'contributor',
          labels: ['enhancement'],
          comments: [{ author: 'author', body: 'Good idea.' }],
          daysAgo: 3,
        },
        { title: 'Old one', author: 'author', state: 'closed', daysAgo: 9 },
      ],
      pullRequests: [
        {
          title: 'Explain tokens',
          author: 'contributor',
          branch: 'contributor/docs',
          files: { 'docs/tokens.md': '# Tokens\n' },
          draft: true,
          daysAgo: 2,
        },
      ],
    },
    {
      owner: 'envoy-plugins',
      name: 'bare',
      author: 'author',
      files: { 'main.go': 'package main\n' },
    },
  ],
};
