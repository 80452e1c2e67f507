import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import {
  InMemoryEnvoyGoPluginsBuildsApi,
  sampleBuild,
  sampleBuilds,
} from '../../builds/__testUtils__';
import { backendFailure } from '../../__testUtils__/backendFailure';
import {
  InMemoryEnvoyGoPluginsAdministrationApi,
  sampleAdministration,
} from '../__testUtils__';
import {
  InMemorySignals,
  renderAdministration,
} from '../__testUtils__/renderAdministration';

const address = () => screen.getByTestId('address').textContent;

describe('builds and runners', () => {
  const user = userEvent.setup();
  let builds: InMemoryEnvoyGoPluginsBuildsApi;
  beforeEach(() => {
    builds = new InMemoryEnvoyGoPluginsBuildsApi(sampleBuilds());
  });
  const render = (
    at = '/builds',
    options: { theme?: 'light' | 'dark'; signals?: InMemorySignals } = {},
  ) =>
    renderAdministration({
      api: new InMemoryEnvoyGoPluginsAdministrationApi(sampleAdministration()),
      builds,
      at,
      ...options,
    });
  const row = (name: string) =>
    within(screen.getByRole('link', { name }).closest('tr')!);

  it('lists what is built, and leads to each build', async () => {
    await render();
    expect(await screen.findByText('5 builds')).toBeInTheDocument();
    expect(row('token-auth v2.0.0-rc.1').getByText('Building')).toBeVisible();
    expect(
      row('author/token-bucket').getByText(/runner-2 was lost/),
    ).toBeVisible();
    expect(row('token-auth v1.4.0').getByText('28 s')).toBeInTheDocument();
    expect(
      screen.getByRole('link', { name: 'token-auth v1.4.0' }),
    ).toHaveAttribute('href', '/envoy-go-plugins/builds/b-140');
  });

  it('narrows by state, kind and text, counts, and keeps that in the address', async () => {
    await render();
    await screen.findByText('5 builds');
    await user.click(screen.getByRole('button', { name: /^Failed ?1$/ }));
    expect(await screen.findByText('1 build')).toBeInTheDocument();
    expect(address()).toBe('/envoy-go-plugins/admin/builds?state=failed');
    await user.click(screen.getByRole('button', { name: /^Failed ?1$/ }));
    await user.click(screen.getByRole('button', { name: 'Rebuild' }));
    expect(await screen.findByText('1 build')).toBeInTheDocument();
    expect(
      screen.getByRole('link', { name: 'cors-guard v2.1.0' }),
    ).toBeInTheDocument();
    await user.type(
      screen.getByRole('searchbox', { name: 'Search builds' }),
      'nothing',
    );
    expect(
      await screen.findByText('No build matches these filters.'),
    ).toBeInTheDocument();
    expect(address()).toBe(
      '/envoy-go-plugins/admin/builds?q=nothing&kind=rebuild',
    );
    await user.click(screen.getByRole('button', { name: 'Clear filters' }));
    expect(await screen.findByText('5 builds')).toBeInTheDocument();
  });

  it('pages', async () => {
    builds.state.builds = Array.from({ length: 60 }, (_, index) =>
      sampleBuild({ id: `b-${index}`, tag: `v0.0.${index}` }),
    );
    await render('/builds?page=3');
    expect(await screen.findByText('51–60 of 60 builds')).toBeInTheDocument();
    expect(builds.queries[0]).toEqual({ offset: 50, limit: 25 });
  });

  it('follows what happens', async () => {
    const signals = new InMemorySignals();
    await render('/builds', { signals });
    await screen.findByText('5 builds');
    builds.change('b-200rc1', { state: 'passed' });
    signals.send({ type: 'build-changed', buildId: 'b-200rc1' });
    expect(
      await row('token-auth v2.0.0-rc.1').findByText(
        'Passed',
        {},
        { timeout: 3_000 },
      ),
    ).toBeInTheDocument();
  });

  it('says so where nothing was built yet, and where the list cannot be had', async () => {
    builds.state.builds = [];
    await render();
    expect(await screen.findByText('Nothing was built yet')).toBeVisible();
    builds.failWith(await backendFailure(503, 'The database is starting'));
    await user.click(
      await screen.findByRole('button', { name: /^Queued ?0$/ }),
    );
    expect(
      await screen.findByText('The builds could not be listed'),
    ).toBeInTheDocument();
  });

  it('shows the runners, what they build, and which isolation they do not give', async () => {
    await render();
    await user.click(await screen.findByRole('button', { name: 'Runners' }));
    expect(address()).toBe('/envoy-go-plugins/admin/builds?view=runners');
    const list = within(await screen.findByRole('list', { name: 'Runners' }));
    const first = within(list.getByRole('listitem', { name: 'runner-1' }));
    expect(first.getByText('Connected', { selector: 'span' })).toBeVisible();
    expect(
      await first.findByRole('link', { name: 'token-auth v2.0.0-rc.1' }),
    ).toHaveAttribute('href', '/envoy-go-plugins/builds/b-200rc1');
    expect(first.getByText('Memory: not given')).toBeInTheDocument();
    expect(
      first.getByText(/does not give one measure\. Build only plugins/),
    ).toBeInTheDocument();
    expect(first.getByText('1.26.8')).toBeInTheDocument();
    const lost = within(list.getByRole('listitem', { name: 'runner-2' }));
    expect(lost.getByText('Lost')).toBeInTheDocument();
    expect(
      lost.getByText(/What it built is tried again elsewhere/),
    ).toBeInTheDocument();
  });

  it('says how to start a runner where none is connected', async () => {
    builds.state.runners = [];
    await render('/builds?view=runners');
    expect(await screen.findByText('No runner is connected')).toBeVisible();
    expect(
      screen.getByText(
        'npx @envoy-go/build-runner serve --core HOST:PORT --token-file FILE',
      ),
    ).toBeVisible();
    expect(screen.getByText('envoyGoPlugins.builds.listen')).toBeVisible();
    expect(
      await screen.findByRole('button', { name: 'Runners: none connected' }),
    ).toBeInTheDocument();
  });

  it('says why the runners cannot be listed', async () => {
    builds.failWith(await backendFailure(503, 'The database is starting'));
    await render('/builds?view=runners');
    expect(
      await screen.findByText('The runners could not be listed'),
    ).toBeInTheDocument();
  });

  it.each([
    ['/builds', '5 builds', 'light'],
    ['/builds', '5 builds', 'dark'],
    ['/builds?view=runners', '1 runner is connected', 'light'],
    ['/builds?view=runners', '1 runner is connected', 'dark'],
  ] as const)(
    'has no accessibility faults at %s (%s, %s)',
    async (at, sign, theme) => {
      const { container } = await render(at, { theme });
      await screen.findByText(sign);
      expect(await axe(container)).toHaveNoViolations();
    },
  );
});
