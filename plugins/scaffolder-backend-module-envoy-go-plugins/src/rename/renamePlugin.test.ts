import { createMockDirectory } from '@backstage/backend-test-utils';
import { namesOfNewPlugin } from './PluginNames';
import { readPluginNames, renamePlugin } from './renamePlugin';

const to = namesOfNewPlugin({
  name: 'api-key',
  title: 'API key',
  modulePath: 'github.com/acme/api-key',
  projectSlug: 'acme/api-key',
});

const ENTITY = `# What the catalog knows
apiVersion: envoygo.dev/v1alpha1
kind: EnvoyGoPlugin
metadata:
  name: token-auth
  title: Token auth
  description: Wants a token # and nothing else
  links:
    - url: https://github.com/envoy-plugins/token-auth
      title: Source
    - url: https://www.envoyproxy.io
      title: Envoy
  annotations:
    github.com/project-slug: envoy-plugins/token-auth
    backstage.io/source-location: url:https://github.com/envoy-plugins/token-auth/
spec:
  type: http-filter
  runtime: dynamic-module
  lifecycle: production
  owner: group:default/gateway
  category: authn
  filterName: token-auth
  package: .
  envoy: '>=1.38'
`;

const PLUGIN = {
  'catalog-info.yaml': ENTITY,
  'go.mod': 'module github.com/envoy-plugins/token-auth\n',
  'go.sum': 'github.com/envoy-plugins/token-auth h1:x\n',
  'filter_test.go': 'package tokenauth_test\n',
  'filter.go': '// Package tokenauth is a filter.\npackage tokenauth\n',
  'README.md': '# Token auth\n\nUse token-auth.\n\n# More\n',
  'picture.bin': Buffer.from([0, 1, 2]),
  build: { 'libtoken-auth.so': 'built' },
  '.git': { config: 'token-auth' },
  cmd: { 'envoy-module': { 'main.go': 'package main\n' } },
};

describe('renamePlugin', () => {
  const directory = createMockDirectory();

  it('reads what the plugin is called', async () => {
    directory.setContent(PLUGIN);
    await expect(readPluginNames(directory.path)).resolves.toEqual({
      name: 'token-auth',
      title: 'Token auth',
      filterName: 'token-auth',
      goPackage: 'tokenauth',
      modulePath: 'github.com/envoy-plugins/token-auth',
      projectSlug: 'envoy-plugins/token-auth',
    });
  });

  it('renames it everywhere and leaves the checkout behind', async () => {
    directory.setContent(PLUGIN);
    await expect(
      renamePlugin(directory.path, to, {
        description: 'Wants: a key',
        owner: 'user:default/author',
      }),
    ).resolves.toEqual([
      'README.md',
      'catalog-info.yaml',
      'filter.go',
      'filter_test.go',
      'go.mod',
    ]);
    expect(
      directory.content({ shouldReadAsText: path => !path.endsWith('.bin') }),
    ).toEqual({
      'catalog-info.yaml': `# What the catalog knows
apiVersion: envoygo.dev/v1alpha1
kind: EnvoyGoPlugin
metadata:
  name: api-key
  title: API key
  description: "Wants: a key" # and nothing else
  links:
    - url: https://www.envoyproxy.io
      title: Envoy
  annotations:
    github.com/project-slug: acme/api-key
spec:
  type: http-filter
  runtime: dynamic-module
  lifecycle: experimental
  owner: user:default/author
  category: authn
  filterName: api-key
  package: .
  envoy: '>=1.38'
`,
      'go.mod': 'module github.com/acme/api-key\n',
      'go.sum': 'github.com/envoy-plugins/token-auth h1:x\n',
      'filter_test.go': 'package apikey_test\n',
      'filter.go': '// Package apikey is a filter.\npackage apikey\n',
      'README.md': '# API key\n\nUse api-key.\n\n# More\n',
      'picture.bin': Buffer.from([0, 1, 2]),
      cmd: { 'envoy-module': { 'main.go': 'package main\n' } },
    });
  });

  it.each([
    [{ 'go.mod': 'module x\n' }, 'The example has no catalog-info.yaml'],
    [
      {
        'catalog-info.yaml':
          'kind: Component\napiVersion: backstage.io/v1alpha1\n',
        'go.mod': 'module x\n',
      },
      'describes no EnvoyGoPlugin',
    ],
    [{ 'catalog-info.yaml': ENTITY }, 'The example has no go.mod'],
    [
      { 'catalog-info.yaml': ENTITY, 'go.mod': 'go 1.25\n' },
      'The go.mod of the example names no module',
    ],
    [
      { 'catalog-info.yaml': ENTITY, 'go.mod': 'module x\n' },
      'has no Go package in "."',
    ],
    [
      {
        'catalog-info.yaml': ENTITY.replace('package: .', 'package: ../..'),
        'go.mod': 'module x\n',
      },
      'Relative path is not allowed',
    ],
  ])('refuses what is no plugin: %#', async (content, sentence) => {
    directory.setContent(content);
    await expect(renamePlugin(directory.path, to)).rejects.toThrow(sentence);
  });
});
