import { Seed } from '../seed/Seed';

/** A small GitHub: one organisation with two teams, an outsider, one plugin with a history, one private repository. */
export const TEST_SEED: Seed = {
  accounts: [
    { login: 'admin', name: 'Ada Admin', email: 'admin@example.test' },
    { login: 'author', name: 'Amir Author', email: 'author@example.test' },
    { login: 'contributor', email: 'contributor@example.test' },
    { login: 'outsider', email: 'outsider@example.test' },
    { login: 'portal-bot', isMachine: true },
  ],
  organizations: [
    {
      login: 'envoy-plugins',
      name: 'Envoy Plugins',
      description: 'Envoy filters in Go',
      owners: ['admin', 'portal-bot'],
      members: ['author', 'contributor'],
      teams: [
        { name: 'admins', members: ['admin'] },
        {
          name: 'gateway',
          description: 'Builds the gateways',
          members: ['author', 'contributor'],
        },
        { name: 'edge', members: ['contributor'], parent: 'gateway' },
      ],
    },
  ],
  applications: [
    {
      name: 'Developer portal',
      clientId: 'portal-id',
      clientSecret: 'portal-secret',
    },
    {
      name: 'Short sessions',
      clientId: 'short-id',
      clientSecret: 'short-secret',
      callbackUrl: 'http://localhost:7007/api/auth',
      expiringTokens: true,
    },
  ],
  tokens: [
    { token: 'admin-token', account: 'admin' },
    { token: 'author-token', account: 'author' },
    { token: 'contributor-token', account: 'contributor' },
    { token: 'outsider-token', account: 'outsider' },
    { token: 'bot-token', account: 'portal-bot' },
    { token: 'narrow-token', account: 'author', scopes: ['read:user'] },
  ],
  repositories: [
    {
      owner: 'envoy-plugins',
      name: 'token-auth',
      author: 'author',
      description: 'Rejects requests that do not carry a valid token',
      topics: ['envoy', 'envoy-go-plugin'],
      teams: { gateway: 'push' },
      stars: ['admin', 'contributor'],
      files: {
        'README.md': '# Token auth\n',
        'catalog-info.yaml': [
          'apiVersion: backstage.io/v1alpha1',
          'kind: Component',
          'metadata:',
          '  name: token-auth',
          '  annotations: { github.com/project-slug: envoy-plugins/token-auth }',
          'spec: { type: library, lifecycle: production, owner: gateway }',
          '',
        ].join('\n'),
        LICENSE: 'Apache License\n  Version 2.0, January 2004\n',
        'filter.go': 'package tokenauth\n',
        'cmd/envoy-module/main.go': 'package main\n',
        Dockerfile: 'FROM scratch\n',
      },
      releases: [
        { tag: 'v0.9.0', prerelease: true, daysAgo: 30, notes: 'To try.' },
        { tag: 'v1.0.0', daysAgo: 7, notes: 'For good.' },
      ],
      issues: [
        {
          title: 'Read the secret from a file',
          body: 'Please.',
          author: 'contributor',
          labels: ['enhancement'],
          comments: [{ author: 'author', body: 'Good idea.' }],
        },
        { title: 'Old one', author: 'author', state: 'closed' },
      ],
      pullRequests: [
        {
          title: 'Explain tokens',
          author: 'contributor',
          branch: 'contributor/docs',
          files: { 'docs/tokens.md': '# Tokens\n' },
        },
      ],
    },
    {
      owner: 'author',
      name: 'secret-plans',
      author: 'author',
      visibility: 'private',
      files: { 'plan.md': 'later\n' },
    },
  ],
};
