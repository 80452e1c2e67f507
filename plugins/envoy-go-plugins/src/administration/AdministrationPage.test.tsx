import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import {
  InMemoryEnvoyGoPluginsAdministrationApi,
  refusal,
  sampleAdministration,
} from './__testUtils__';
import {
  InMemorySignals,
  renderAdministration,
} from './__testUtils__/renderAdministration';

const address = () => screen.getByTestId('address').textContent;

describe('AdministrationPage', () => {
  let api: InMemoryEnvoyGoPluginsAdministrationApi;
  beforeEach(() => {
    api = new InMemoryEnvoyGoPluginsAdministrationApi(sampleAdministration());
  });

  it('begins with the review queue', async () => {
    await renderAdministration({ api });
    expect(await screen.findByText('3 requests')).toBeVisible();
    expect(address()).toBe('/envoy-go-plugins/admin/reviews');
  });

  it('keeps the tab in the address', async () => {
    await renderAdministration({ api });
    await userEvent.click(await screen.findByRole('tab', { name: 'Teams' }));
    expect(await screen.findByText('3 teams')).toBeInTheDocument();
    expect(address()).toBe('/envoy-go-plugins/admin/teams');
    expect(screen.getByRole('tab', { name: 'Teams' })).toHaveAttribute(
      'aria-selected',
      'true',
    );
  });

  it('leads an address that names no tab to the first one', async () => {
    await renderAdministration({ api, at: '/nothing/here' });
    expect(await screen.findByText('3 requests')).toBeVisible();
    expect(address()).toBe('/envoy-go-plugins/admin/reviews');
  });

  it('has no tabs but those that there is something on', async () => {
    await renderAdministration({ api });
    await screen.findByText('3 requests');
    expect(screen.getAllByRole('tab').map(tab => tab.textContent)).toEqual([
      'Review queue',
      'Plugins',
      'Deliveries',
      'Builds and runners',
      'Members',
      'Teams',
      'GitHub budget',
      'Record',
    ]);
  });

  it('tells whoever is no administrator who can change that, and asks nothing', async () => {
    await renderAdministration({
      api,
      administrator: false,
      config: { envoyGoPlugins: { adminTeam: 'group:default/plugin-admins' } },
    });
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('You are not an administrator');
    expect(alert).toHaveTextContent('members of plugin-admins');
    expect(screen.queryByRole('tab')).not.toBeInTheDocument();
    expect(api.deliveryQueries).toEqual([]);
  });

  it('names the setting where the team is not known', async () => {
    await renderAdministration({ api, administrator: false });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'envoyGoPlugins.adminTeam',
    );
  });

  it('believes the backend rather than the portal about who administers', async () => {
    api.failWith(await refusal(403, 'Only administrators may'));
    await renderAdministration({ api, at: '/record' });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'You are not an administrator',
    );
  });

  it('is linked for administrators alone', async () => {
    await renderAdministration({ api, at: '/envoy-go-plugins' });
    expect(
      await screen.findByRole('button', { name: 'Administration' }),
    ).toHaveAttribute('href', '/envoy-go-plugins/admin');
  });

  it('is not linked for others', async () => {
    await renderAdministration({
      api,
      at: '/envoy-go-plugins',
      administrator: false,
    });
    await waitFor(() =>
      expect(screen.queryByText('Administration')).not.toBeInTheDocument(),
    );
  });

  it('looks again on a signal, and what is shown stays meanwhile', async () => {
    const signals = new InMemorySignals();
    await renderAdministration({ api, signals, at: '/deliveries?event=ping' });
    expect(await screen.findByText('10 deliveries')).toBeInTheDocument();
    const asked = api.deliveryQueries.length;
    api.state.deliveries = api.state.deliveries.slice(20);
    signals.send({ type: 'marketplace-changed' });
    signals.send({ type: 'administration-changed' });
    signals.send({ type: 'plugin-changed', entityRef: 'x', parts: [] });
    expect(screen.getByText('10 deliveries')).toBeInTheDocument();
    expect(await screen.findByText('9 deliveries')).toBeInTheDocument();
    expect(api.deliveryQueries).toHaveLength(asked + 1);
    expect(screen.queryByLabelText('Loading')).not.toBeInTheDocument();
  });

  it('keeps what is shown where looking again fails, and says so', async () => {
    const signals = new InMemorySignals();
    await renderAdministration({ api, signals, at: '/record' });
    expect(await screen.findByText('5 records')).toBeInTheDocument();
    api.failWith(await refusal(503, 'The database is starting'));
    signals.send({ type: 'administration-changed' });
    expect(
      await screen.findByText(/The database is starting\. Shown is what/),
    ).toBeInTheDocument();
    expect(screen.getByText('Replayed 14 dead deliveries')).toBeVisible();
  });

  it('looks again when the page comes back to the front', async () => {
    await renderAdministration({ api, at: '/record' });
    expect(await screen.findByText('5 records')).toBeInTheDocument();
    api.state.record = api.state.record.slice(1);
    document.dispatchEvent(new Event('visibilitychange'));
    expect(await screen.findByText('4 records')).toBeInTheDocument();
  });

  it.each([
    ['/deliveries', '1–25 of 120 deliveries', 'light'],
    ['/deliveries', '1–25 of 120 deliveries', 'dark'],
    ['/members', '1–25 of 33 members', 'light'],
    ['/teams?team=gateway', '3 teams', 'light'],
    ['/github-budget', /requests left/, 'light'],
    ['/github-budget', /requests left/, 'dark'],
    ['/record', '5 records', 'light'],
  ] as const)(
    'has no accessibility faults at %s (%s, %s)',
    async (at, sign, theme) => {
      const { container } = await renderAdministration({ api, at, theme });
      await screen.findAllByText(sign, { exact: false });
      expect(await axe(container)).toHaveNoViolations();
    },
  );
});
