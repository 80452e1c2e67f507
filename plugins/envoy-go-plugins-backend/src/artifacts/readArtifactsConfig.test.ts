import { mockServices } from '@backstage/backend-test-utils';
import type { JsonObject } from '@backstage/types';
import { createReleaseArtifacts } from './createReleaseArtifacts';
import { readArtifactsConfig } from './readArtifactsConfig';

function read(envoyGoPlugins: JsonObject) {
  return readArtifactsConfig(
    mockServices.rootConfig({ data: { envoyGoPlugins } }),
  );
}

describe('readArtifactsConfig', () => {
  it('needs nothing, and then publishes nothing', () => {
    const config = read({});
    expect(config).toEqual({ tools: {} });
    expect(createReleaseArtifacts({ config })).toBeUndefined();
  });

  it('reads all there is', () => {
    expect(
      read({
        registry: {
          repository: 'localhost:5000/envoy/plugins',
          username: 'backend',
          password: 'secret',
          insecure: true,
        },
        signing: { privateKey: 'PEM', password: 'secret' },
        tools: { crane: '/opt/crane' },
      }),
    ).toEqual({
      registry: {
        repository: 'localhost:5000/envoy/plugins',
        username: 'backend',
        password: 'secret',
        insecure: true,
      },
      key: { privateKey: 'PEM', password: 'secret' },
      tools: { crane: '/opt/crane' },
    });
  });

  it.each([
    'plugins',
    'https://registry.example.com/x',
    'registry.example.com/Upper',
    'registry.example.com/a//b',
    'user@registry.example.com/x',
  ])('refuses the repository %s', repository => {
    expect(() => read({ registry: { repository } })).toThrow(
      `envoyGoPlugins.registry.repository: found "${repository}"`,
    );
  });

  it('refuses half of the credentials', () => {
    expect(() =>
      read({ registry: { repository: 'localhost/x', username: 'me' } }),
    ).toThrow('there is only one of username and password');
  });
});
