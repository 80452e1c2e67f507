import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { Octokit } from '@octokit/rest';
import { testPlugin } from '../../testing/testPlugin';
import { createRegister } from './createRegister';

const FORMER = 'https://github.example/author/marker';
const PRESENT = 'https://github.example/envoy-plugins/marker';

function registeredAt(url: string) {
  return testPlugin('marker', {
    metadata: {
      annotations: {
        'backstage.io/managed-by-location': `url:${url}/tree/main/catalog-info.yaml`,
      },
    },
  });
}

function stepOn(entity: ReturnType<typeof registeredAt> | undefined) {
  const catalog = catalogServiceMock.mock({
    getEntityByRef: async () => entity,
    getLocationByEntity: async () => ({
      id: 'former',
      entityRef: 'location:default/former',
      type: 'url',
      target: `${FORMER}/tree/main/catalog-info.yaml`,
    }),
    getLocationByRef: async () => undefined,
    removeLocationById: async () => {},
  });
  const log: string[] = [];
  const run = createRegister({
    catalog,
    auth: mockServices.auth(),
    registration: 'location',
    pollMs: 7,
  });
  const now = new Date();
  const github = new Octokit({
    request: {
      fetch: async () =>
        new Response(
          JSON.stringify({
            id: 1,
            html_url: PRESENT,
            full_name: 'envoy-plugins/marker',
            name: 'marker',
            owner: { login: 'envoy-plugins' },
          }),
          { headers: { 'content-type': 'application/json' } },
        ),
    },
  });
  return {
    catalog,
    log,
    run: () =>
      run({
        request: {
          name: 'marker',
          branch: 'main',
          repositoryId: 1,
          repositoryUrl: FORMER,
        },
        github,
        target: { owner: 'envoy-plugins', repo: 'marker' },
        startedAt: now,
        now,
        log: async text => {
          log.push(text);
        },
      }),
  };
}

describe('register', () => {
  it('takes out of the catalog where the author had registered it, and waits', async () => {
    const { catalog, log, run } = stepOn(registeredAt(FORMER));
    await expect(run()).resolves.toEqual({ waitMs: 7 });
    expect(catalog.removeLocationById).toHaveBeenCalledWith(
      'former',
      expect.anything(),
    );
    expect(log).toContain(
      `Took its former address out of the catalog: ${FORMER}/tree/main/catalog-info.yaml`,
    );
  });

  it('leaves alone what the catalog has from somewhere else', async () => {
    const { catalog, run } = stepOn(
      registeredAt('https://github.example/somebody/marker'),
    );
    await expect(run()).resolves.toEqual({ waitMs: 7 });
    expect(catalog.removeLocationById).not.toHaveBeenCalled();
  });

  it('is done once the catalog has it from where it is', async () => {
    const { catalog, run } = stepOn(registeredAt(PRESENT));
    await expect(run()).resolves.toBeUndefined();
    expect(catalog.addLocation).not.toHaveBeenCalled();
  });
});
