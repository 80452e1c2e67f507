import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import type { PluginPart } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { AboutCard } from '../about';
import { DiscussionsContent } from '../discussions';
import { ReadmeCard } from '../readme';
import { VersionsContent } from '../versions';
import { NfsMarketplacePage } from '../marketplace';
import {
  InMemoryEnvoyGoPluginsApi,
  InMemorySignals,
  sampleEntity,
  samplePlugin,
  samplePlugins,
} from '../__testUtils__';
import { renderWithApi } from '../__testUtils__/renderWithApi';

const [tokenAuth] = samplePlugins();
const { entity } = tokenAuth.details;
const locator = { namespace: 'default', name: 'token-auth' };

describe('live updates', () => {
  let api: InMemoryEnvoyGoPluginsApi;
  let signals: InMemorySignals;

  beforeEach(() => {
    api = new InMemoryEnvoyGoPluginsApi({ plugins: samplePlugins() });
    signals = new InMemorySignals();
  });

  const changed = (parts: PluginPart[], name = 'token-auth') =>
    act(async () =>
      signals.send({
        type: 'plugin-changed',
        entityRef: `envoygoplugin:default/${name}`,
        parts,
      }),
    );

  it('shows a new README in place of the old one, and says so', async () => {
    await renderWithApi(<ReadmeCard />, { api, entity, signals });
    await screen.findByRole('heading', { name: 'How it works' });
    api.change(locator, plugin => ({
      ...plugin,
      readme: { ...plugin.readme!, content: '# Rewritten\n' },
    }));
    const release = api.hold();
    await changed(['readme']);
    await waitFor(() =>
      expect(api.calls.filter(call => call === 'getReadme')).toHaveLength(2),
    );
    expect(
      screen.getByRole('heading', { name: 'How it works' }),
    ).toBeInTheDocument();
    await act(async () => release());
    expect(
      await screen.findByRole('heading', { name: 'Rewritten' }),
    ).toBeInTheDocument();
    expect(screen.getByText('The README was updated.')).toBeInTheDocument();
  });

  it('asks again for what changed, of this plugin, and for nothing else', async () => {
    await renderWithApi(
      <>
        <AboutCard />
        <ReadmeCard />
        <VersionsContent />
        <DiscussionsContent />
      </>,
      { api, entity, signals },
    );
    await screen.findByText('v2.0.0-rc.1');
    await screen.findByRole('heading', { name: 'How it works' });
    const asked = api.calls.length;
    await changed(['releases', 'summary'], 'header-auth');
    await changed(['releases', 'discussions']);
    await waitFor(() => expect(api.calls.length - asked).toBe(2));
    expect(api.calls.slice(asked).sort()).toEqual([
      'getDiscussions',
      'getReleases',
    ]);
  });

  it('asks once for what several parts of the page show, and listens once', async () => {
    await renderWithApi(
      <>
        <AboutCard />
        <ReadmeCard />
        <DiscussionsContent />
      </>,
      { api, entity, signals },
    );
    await screen.findByText('Write an issue');
    expect(api.calls.filter(call => call === 'getPlugin')).toHaveLength(1);
    expect(signals.listeners).toBe(1);
  });

  it('stops listening when the page is left', async () => {
    const { unmount } = await renderWithApi(<ReadmeCard />, {
      api,
      entity,
      signals,
    });
    await screen.findByRole('heading', { name: 'How it works' });
    unmount();
    expect(signals.listeners).toBe(0);
  });

  it('keeps what is there when it cannot be asked again, and says why', async () => {
    await renderWithApi(<VersionsContent />, { api, entity, signals });
    await screen.findByText('v1.4.0');
    api.failWith(new TypeError('Failed to fetch'));
    await changed(['releases']);
    expect(
      await screen.findByText(/The portal’s backend did not answer\./),
    ).toHaveTextContent(/Shown is what was known/);
    expect(screen.getByText('v1.4.0')).toBeInTheDocument();
  });

  it('looks again when the page comes back to the front after a while', async () => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'performance'] });
    try {
      await renderWithApi(<ReadmeCard />, { api, entity });
      await screen.findByRole('heading', { name: 'How it works' });
      const asked = () => api.calls.filter(call => call === 'getReadme').length;
      fireEvent.focus(window);
      await act(async () => jest.advanceTimersByTime(1_000));
      expect(asked()).toBe(1);
      await act(async () => jest.advanceTimersByTime(60_000));
      expect(asked()).toBe(1);
      fireEvent.focus(window);
      await waitFor(() => expect(asked()).toBe(2));
    } finally {
      jest.useRealTimers();
    }
  });

  it('shows a plugin that comes while the list is open', async () => {
    await renderWithApi(<NfsMarketplacePage />, { api, signals });
    await screen.findByRole('link', { name: 'Token auth' });
    api.add(
      samplePlugin(
        sampleEntity('newcomer', { metadata: { title: 'Newcomer' } }),
      ),
    );
    await act(async () => signals.send({ type: 'marketplace-changed' }));
    expect(
      await screen.findByRole('link', { name: 'Newcomer' }),
    ).toBeInTheDocument();
  });

  it('counts a new star in the list without a sign of loading', async () => {
    await renderWithApi(<NfsMarketplacePage />, { api, signals });
    await screen.findByText('1–5 of 5 plugins');
    api.change(locator, plugin => ({
      ...plugin,
      details: { ...plugin.details, stars: 43 },
    }));
    const release = api.hold();
    const asked = api.queries.length;
    await changed(['summary']);
    await waitFor(() => expect(api.queries.length).toBe(asked + 1));
    expect(screen.getByRole('region', { name: 'Results' })).toHaveAttribute(
      'aria-busy',
      'false',
    );
    await act(async () => release());
    await waitFor(() =>
      expect(
        screen.getByRole('link', { name: 'Token auth' }).closest('li'),
      ).toHaveTextContent('43 stars'),
    );
  });

  it('ends its first use when plugins come, even in a portal without signals', async () => {
    api = new InMemoryEnvoyGoPluginsApi({ plugins: [] });
    await renderWithApi(<NfsMarketplacePage />, { api });
    await screen.findByText('No plugins yet');
    api.add(samplePlugin(sampleEntity('first')));
    expect(
      await screen.findByRole('link', { name: 'first' }, { timeout: 10_000 }),
    ).toBeInTheDocument();
  });
});
