import { testPlugin } from '../testing/testPlugin';
import { repositoryOf } from './repositoryOf';

describe('repositoryOf', () => {
  const integrates = (host: string) =>
    ['github.com', 'localhost:4010', 'ghe.example.net'].includes(host);

  it.each([
    [
      'takes the host from where the entity was read',
      {
        'github.com/project-slug': 'envoy-plugins/token-auth',
        'backstage.io/managed-by-location':
          'url:http://localhost:4010/envoy-plugins/token-auth/tree/main/catalog-info.yaml',
      },
      { host: 'localhost:4010', owner: 'envoy-plugins', name: 'token-auth' },
    ],
    [
      'prefers the source location',
      {
        'github.com/project-slug': 'org/name',
        'backstage.io/source-location': 'url:https://ghe.example.net/org/name/',
        'backstage.io/managed-by-location': 'url:https://github.com/a/b',
      },
      { host: 'ghe.example.net', owner: 'org', name: 'name' },
    ],
    [
      'passes over locations that are not on GitHub',
      {
        'github.com/project-slug': 'org/name',
        'backstage.io/source-location': 'url:https://gitlab.com/x/y',
        'backstage.io/managed-by-location': 'url:https://ghe.example.net/a/b',
      },
      { host: 'ghe.example.net', owner: 'org', name: 'name' },
    ],
    [
      'takes github.com when only the slug is there',
      {
        'github.com/project-slug': 'org/name',
        'backstage.io/managed-by-location': 'file:/tmp/catalog-info.yaml',
      },
      { host: 'github.com', owner: 'org', name: 'name' },
    ],
    [
      'takes owner and name from where the entity was read when there is no slug',
      {
        'backstage.io/managed-by-location':
          'url:https://github.com/org/name.git/tree/main/catalog-info.yaml',
      },
      { host: 'github.com', owner: 'org', name: 'name' },
    ],
    ['knows nothing without annotations', {}, undefined],
    [
      'knows nothing of a slug that is none',
      { 'github.com/project-slug': 'name' },
      undefined,
    ],
    [
      'is not upset by a location that is none',
      {
        'github.com/project-slug': 'org/name',
        'backstage.io/source-location': 'somewhere',
        'backstage.io/managed-by-location': 'url:not a url',
      },
      { host: 'github.com', owner: 'org', name: 'name' },
    ],
  ])('%s', (_, annotations, expected) => {
    expect(
      repositoryOf(testPlugin('a', { metadata: { annotations } }), integrates),
    ).toEqual(expected);
  });

  it.each([
    '../user',
    '.././x',
    '../.',
    'org/..',
    'org/...git',
    'o?g/name',
    ' /x',
  ])('asks GitHub for no other address: %p names no repository', slug => {
    const entity = testPlugin('a', {
      metadata: { annotations: { 'github.com/project-slug': slug } },
    });
    expect(repositoryOf(entity, integrates)).toBeUndefined();
  });

  it('knows nothing when the host is not integrated', () => {
    const entity = testPlugin('a', {
      metadata: { annotations: { 'github.com/project-slug': 'org/name' } },
    });
    expect(repositoryOf(entity, () => false)).toBeUndefined();
  });
});
