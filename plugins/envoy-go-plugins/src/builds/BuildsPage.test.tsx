import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import { InMemorySignals, backendFailure } from '../__testUtils__';
import {
  InMemoryEnvoyGoPluginsBuildsApi,
  sampleBuilds,
  sampleRunner,
} from './__testUtils__';
import { renderBuild } from './__testUtils__/renderBuild';

const address = () => screen.getByTestId('address').textContent;
const log = () => screen.findByRole('region', { name: 'Log of all steps' });

describe('the page of a build', () => {
  const user = userEvent.setup();
  let api: InMemoryEnvoyGoPluginsBuildsApi;
  beforeEach(() => {
    api = new InMemoryEnvoyGoPluginsBuildsApi(sampleBuilds());
  });

  it('says what is built and why, its steps with how long they took, and what came out', async () => {
    await renderBuild({ api, at: '/b-140' });
    expect(
      await screen.findByRole('heading', { name: 'token-auth v1.4.0' }),
    ).toBeInTheDocument();
    expect(screen.getByText('It was released on GitHub')).toBeInTheDocument();
    const steps = within(
      screen.getByRole('list', { name: 'Steps of the build' }),
    );
    expect(
      steps.getAllByRole('listitem').map(item => item.textContent),
    ).toContain('build linux/amd64 Passed7.0 s');
    expect(screen.getByText('1.26.8')).toBeInTheDocument();
    expect(screen.getByText('runner-1')).toBeInTheDocument();
    expect(
      screen.getByRole('button', { name: 'Copy the image' }),
    ).toBeInTheDocument();
    expect(screen.getByRole('list', { name: 'Proofs' })).toHaveTextContent(
      /Envoy 1\.40\.0passed/,
    );
    expect(
      screen.getByRole('link', { name: 'Versions of token-auth' }),
    ).toHaveAttribute(
      'href',
      '/catalog/default/envoygoplugin/token-auth/versions',
    );
    expect(screen.queryByRole('button', { name: 'Retry' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull();
  });

  it('shows the log as it is written, line by line, asking only for what is new', async () => {
    const signals = new InMemorySignals();
    await renderBuild({ api, at: '/b-200rc1', signals });
    const lines = await log();
    expect(lines).toHaveTextContent('ok proof 1.40.0');
    const before = api.state.logs['b-200rc1'].length;
    api.log('b-200rc1', 'proof 1.40.0', 'case 2: \u001b[31mrefused\u001b[0m');
    await act(async () =>
      signals.send({ type: 'build-changed', buildId: 'b-200rc1' }),
    );
    expect(await within(lines).findByText('refused')).toBeInTheDocument();
    expect(
      within(lines).getByRole('link', { name: `Line ${before + 1}` }),
    ).toBeInTheDocument();
    expect(api.calls).toContain(`getBuildLog after ${before}`);
    expect(
      api.calls.filter(call => call === 'getBuildLog after 0'),
    ).toHaveLength(1);
  });

  it('looks at intervals where the portal has no signals', async () => {
    jest.useFakeTimers({ advanceTimers: true });
    try {
      await renderBuild({ api, at: '/b-200rc1' });
      await log();
      api.change('b-200rc1', { state: 'publishing' });
      api.log('b-200rc1', 'image', 'pushing layers');
      await act(async () => {
        await jest.advanceTimersByTimeAsync(2_500);
      });
      expect(await screen.findByText('Publishing')).toBeInTheDocument();
      expect(await screen.findByText('pushing layers')).toBeInTheDocument();
    } finally {
      jest.useRealTimers();
    }
  });

  it('draws of a hundred thousand lines only those in sight', async () => {
    api.state.logs['b-140'] = Array.from({ length: 100_000 }, (_, index) => ({
      number: index + 1,
      step: 'unit tests',
      text: `line ${index + 1}`,
    }));
    await renderBuild({ api, at: '/b-140' });
    expect(await screen.findByText('100,000 lines')).toBeInTheDocument();
    const drawn = within(await log()).getAllByRole('link').length;
    expect(drawn).toBeGreaterThan(20);
    expect(drawn).toBeLessThan(200);
    expect(
      api.calls.filter(call => call.startsWith('getBuildLog')),
    ).toHaveLength(51);
  });

  it('narrows the log to a step and to lines with a text, and keeps that in the address', async () => {
    await renderBuild({ api, at: '/b-140' });
    await log();
    await user.selectOptions(
      screen.getByRole('combobox', { name: 'Step' }),
      'vet',
    );
    const ofStep = await screen.findByRole('region', { name: 'Log of vet' });
    expect(ofStep).toHaveTextContent('vet: line 1');
    expect(ofStep).not.toHaveTextContent('modules');
    expect(
      within(ofStep).getByRole('link', { name: 'Line 13' }),
    ).toBeInTheDocument();
    expect(screen.getByText('6 lines of 72 lines')).toBeInTheDocument();
    await user.type(
      screen.getByRole('searchbox', { name: 'Search the log' }),
      'ok vet',
    );
    expect(await screen.findByText('1 line of 72 lines')).toBeInTheDocument();
    expect(address()).toBe('/envoy-go-plugins/builds/b-140?step=vet&q=ok+vet');
  });

  it('marks the line that the address names, and the one that is clicked', async () => {
    await renderBuild({ api, at: '/b-140?step=vet#L14' });
    const lines = await screen.findByRole('region', { name: 'Log of vet' });
    expect(
      within(lines).getByRole('link', { name: 'Line 14' }),
    ).toHaveAttribute('aria-current', 'location');
    await user.click(within(lines).getByRole('link', { name: 'Line 16' }));
    expect(address()).toBe('/envoy-go-plugins/builds/b-140?step=vet#L16');
    expect(
      within(lines).getByRole('link', { name: 'Line 16' }),
    ).toHaveAttribute('aria-current', 'location');
  });

  it('leads from a step to its log', async () => {
    await renderBuild({ api, at: '/b-140' });
    await user.click(await screen.findByRole('link', { name: 'modules' }));
    expect(
      await screen.findByRole('region', { name: 'Log of modules' }),
    ).toBeInTheDocument();
  });

  it('says why it failed, what to do, and shows the differences', async () => {
    await renderBuild({ api, at: '/b-130' });
    expect(
      await screen.findByText('The proof failed in Envoy 1.40.0.'),
    ).toBeInTheDocument();
    expect(
      screen.getByText(/nobody gets this version\. .* release a new version\./),
    ).toBeInTheDocument();
    expect(screen.getByRole('list', { name: 'Proofs' })).toHaveTextContent(
      'the answer had status 200',
    );
  });

  it('cancels with a reason, after asking', async () => {
    await renderBuild({ api, at: '/b-200rc1' });
    await user.click(await screen.findByRole('button', { name: 'Cancel' }));
    const dialog = within(
      await screen.findByRole('dialog', {
        name: 'Cancel the build of token-auth v2.0.0-rc.1?',
      }),
    );
    await user.type(dialog.getByLabelText('Why (optional)'), 'wrong tag');
    await user.click(dialog.getByRole('button', { name: 'Cancel the build' }));
    expect(
      await screen.findByText('Cancelled by admin: wrong tag.'),
    ).toBeInTheDocument();
    expect(api.calls).toContain('cancelBuild');
  });

  it('retries, and says why where that is refused', async () => {
    await renderBuild({ api, at: '/b-cors' });
    const retry = await screen.findByRole('button', { name: 'Retry' });
    expect(
      screen.getByText(/It is not the plugin’s doing\. Retry it/),
    ).toBeInTheDocument();
    api.state.builds = api.state.builds.map(build =>
      build.id === 'b-cors' ? { ...build, state: 'building' } : build,
    );
    await user.click(retry);
    expect(await screen.findByText('The build is not over.')).toBeVisible();
    api.change('b-cors', { state: 'could-not-run' });
    await user.click(await screen.findByRole('button', { name: 'Retry' }));
    expect(await screen.findByText('Queued')).toBeInTheDocument();
  });

  it('says that its log is gone', async () => {
    api.state.logs['b-140'] = [];
    api.change('b-140', { logLines: 0, logRemovedAt: '2026-11-20T00:00:00Z' });
    await renderBuild({ api, at: '/b-140' });
    expect(
      await screen.findByText(
        'The log is gone: logs of builds that ended long ago are removed.',
      ),
    ).toBeInTheDocument();
    expect(
      screen.getByRole('button', { name: 'Download the whole log' }),
    ).toBeDisabled();
  });

  it('says that its runner was lost and when it is tried again', async () => {
    await renderBuild({ api, at: '/b-request' });
    expect(
      await screen.findByText(
        'Attempt 1 came to no end: The runner runner-2 was lost while it had the build.',
      ),
    ).toBeInTheDocument();
    expect(screen.getByText(/Tried again by itself/)).toBeInTheDocument();
    expect(
      screen.getByRole('link', { name: 'The request to publish it' }),
    ).toHaveAttribute('href', '/envoy-go-plugins/admin/reviews/r-checking');
    expect(
      screen.getByText('Nothing was logged yet: the build has not begun.'),
    ).toBeInTheDocument();
  });

  describe('while it waits', () => {
    beforeEach(() =>
      api.change('b-request', {
        attempts: 0,
        nextAttemptAt: undefined,
        reason: undefined,
      }),
    );

    it('tells administrators that no runner is connected', async () => {
      api.state.runners = [sampleRunner({ state: 'lost' })];
      await renderBuild({ api, at: '/b-request' });
      expect(
        await screen.findByText(/No runner is connected, so nothing is built/),
      ).toBeInTheDocument();
      expect(
        screen.getByRole('link', { name: 'See how to start one' }),
      ).toHaveAttribute('href', '/envoy-go-plugins/admin/builds?view=runners');
    });

    it('tells administrators that all runners are busy', async () => {
      await renderBuild({ api, at: '/b-request' });
      expect(
        await screen.findByText(/All runners are busy/),
      ).toBeInTheDocument();
    });

    it('tells others whom to ask, and asks nothing for them', async () => {
      await renderBuild({ api, at: '/b-request', administrator: false });
      expect(
        await screen.findByText(/ask an administrator whether a runner/),
      ).toBeInTheDocument();
      expect(api.calls).not.toContain('listRunners');
      expect(
        screen.getByRole('link', { name: 'The request to publish it' }),
      ).toHaveAttribute('href', '/envoy-go-plugins/publish/r-checking');
    });
  });

  it.each([
    [404, 'This build is not here'],
    [403, 'You may not see this build'],
    [503, 'The build could not be shown'],
  ])('has words for an answer of %d', async (status, words) => {
    api.failWith(await backendFailure(status, 'No'));
    await renderBuild({ api, at: '/b-140' });
    expect(await screen.findByText(words)).toBeInTheDocument();
    expect(screen.queryByText('Steps')).not.toBeInTheDocument();
  });

  it('shows that it is loading, and keeps what is shown where looking again fails', async () => {
    const signals = new InMemorySignals();
    const release = api.hold();
    await renderBuild({ api, at: '/b-140', signals });
    expect(screen.queryByText('Steps')).not.toBeInTheDocument();
    await act(async () => release());
    expect(
      await screen.findByRole('heading', { name: 'token-auth v1.4.0' }),
    ).toBeInTheDocument();
    await log();
    api.failWith(await backendFailure(503, 'The database is starting'));
    await act(async () =>
      signals.send({ type: 'build-changed', buildId: 'b-140' }),
    );
    expect(
      await screen.findByText(/The database is starting\. Shown is what/),
    ).toBeInTheDocument();
    expect(await log()).toBeInTheDocument();
  });

  it('saves the whole log', async () => {
    Object.assign(URL, {
      createObjectURL: jest.fn(() => 'blob:log'),
      revokeObjectURL: jest.fn(),
    });
    const names: string[] = [];
    const click = jest
      .spyOn(HTMLAnchorElement.prototype, 'click')
      .mockImplementation(function save(this: HTMLAnchorElement) {
        names.push(this.download);
      });
    await renderBuild({ api, at: '/b-140' });
    await log();
    await user.click(
      screen.getByRole('button', { name: 'Download the whole log' }),
    );
    await waitFor(() => expect(names).toEqual(['build-b-140.log']));
    click.mockRestore();
  });

  it('leads an address that names no build to the list of all', async () => {
    await renderBuild({ api, at: '' });
    await waitFor(() =>
      expect(address()).toBe('/envoy-go-plugins/admin/builds'),
    );
  });

  it.each([
    ['/b-200rc1', 'light'],
    ['/b-130', 'light'],
    ['/b-130', 'dark'],
    ['/b-request', 'dark'],
    ['/b-cors', 'light'],
  ] as const)('has no accessibility faults at %s (%s)', async (at, theme) => {
    const { container } = await renderBuild({ api, at, theme });
    await screen.findByRole('heading', { name: 'Log' });
    await screen.findByText(/^\d+ lines|^Nothing was logged/);
    expect(await axe(container)).toHaveNoViolations();
  });
});
