import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import type { ManagedPlugin } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { samplePlugins } from '../../__testUtils__';
import {
  InMemoryEnvoyGoPluginsManagementApi,
  sampleManagement,
  sampleOperation,
} from '../../management/__testUtils__';
import {
  InMemoryEnvoyGoPluginsAdministrationApi,
  sampleAdministration,
} from '../__testUtils__';
import {
  InMemorySignals,
  renderAdministration,
} from '../__testUtils__/renderAdministration';

function managed(): InMemoryEnvoyGoPluginsManagementApi {
  const items = samplePlugins().map(
    ({ details }): ManagedPlugin => ({ ...details, operations: [] }),
  );
  items[0].operations = [
    sampleOperation({ title: 'Yank version 1.0.0', state: 'failed' }),
  ];
  items[0].lastBuild = {
    id: 'b',
    kind: 'release',
    state: 'failed',
    plugin: { namespace: 'default', name: items[0].name },
    host: 'github.com',
    repositoryId: 1,
    repository: 'envoy-plugins/token-auth',
    commit: 'c'.repeat(40),
    version: '1.4.0',
    requestedBy: 'system',
    attempts: 1,
    createdAt: '2026-11-20T10:00:00Z',
  };
  return new InMemoryEnvoyGoPluginsManagementApi({
    management: sampleManagement(),
    list: {
      items,
      totalItems: items.length,
      lifecycles: [
        { lifecycle: 'experimental', count: 1 },
        { lifecycle: 'production', count: 3 },
        { lifecycle: 'deprecated', count: 1 },
      ],
      leaving: [
        sampleOperation({
          title: 'Give it back to jo',
          state: 'failed',
          plugin: { namespace: 'default', name: 'quota-keeper' },
        }),
      ],
    },
  });
}

async function render(options: {
  management: InMemoryEnvoyGoPluginsManagementApi;
  at?: string;
  signals?: InMemorySignals;
}) {
  const { at = '/plugins', ...rest } = options;
  return renderAdministration({
    api: new InMemoryEnvoyGoPluginsAdministrationApi(sampleAdministration()),
    at,
    ...rest,
  });
}

describe('the published plugins', () => {
  it('are listed with owner, latest version, last build and what is done to them', async () => {
    const { container } = await render({ management: managed() });
    const row = within(
      (await screen.findByRole('link', { name: 'Token auth' })).closest('tr')!,
    );
    expect(row.getByRole('link', { name: 'Token auth' })).toHaveAttribute(
      'href',
      '/catalog/default/envoygoplugin/token-auth',
    );
    expect(row.getByText('v1.4.0')).toBeInTheDocument();
    expect(row.getByText(/1\.4\.0 failed/)).toBeInTheDocument();
    expect(row.getByText(/Yank version 1\.0\.0/)).toHaveTextContent('Failed');
    expect(await axe(container)).toHaveNoViolations();
  });

  it('are narrowed by words and lifecycle, which the address keeps', async () => {
    const management = managed();
    await render({ management });
    await screen.findByRole('link', { name: 'Token auth' });
    await userEvent.click(screen.getByRole('button', { name: /deprecated/ }));
    await waitFor(() =>
      expect(screen.getByTestId('address')).toHaveTextContent(
        '/envoy-go-plugins/admin/plugins?lifecycle=deprecated',
      ),
    );
    await waitFor(() =>
      expect(
        screen.queryByRole('link', { name: 'Token auth' }),
      ).not.toBeInTheDocument(),
    );
    expect(management.calls.at(-1)?.given).toMatchObject({
      lifecycle: ['deprecated'],
    });
  });

  it('say that none matches, and lead back to all', async () => {
    await render({ management: managed(), at: '/plugins?q=nothing-like-it' });
    expect(
      await screen.findByText('No plugin matches these filters.'),
    ).toBeInTheDocument();
    await userEvent.click(
      screen.getByRole('button', { name: 'Clear filters' }),
    );
    expect(
      await screen.findByRole('link', { name: 'Token auth' }),
    ).toBeInTheDocument();
  });

  it('that the catalog let go of half-way can be tried again', async () => {
    const management = managed();
    await render({ management });
    const leaving = within(
      await screen.findByRole('region', { name: 'On their way back' }),
    );
    expect(
      leaving.getByRole('heading', { name: 'quota-keeper' }),
    ).toBeInTheDocument();
    await userEvent.click(leaving.getByRole('button', { name: 'Try again' }));
    await waitFor(() =>
      expect(
        leaving.getByRole('article', { name: 'Give it back to jo' }),
      ).toHaveTextContent('Running …'),
    );
    expect(
      management.calls.some(({ method }) => method === 'retryOperation'),
    ).toBe(true);
  });

  it('are brought up to date when something is done to one', async () => {
    const management = managed();
    const signals = new InMemorySignals();
    await render({ management, signals });
    await screen.findByRole('link', { name: 'Token auth' });
    management.list.items[1].operations = [
      sampleOperation({ title: 'Deprecate it', state: 'running' }),
    ];
    await act(async () => signals.send({ type: 'management-changed' }));
    expect(await screen.findByText(/Deprecate it/)).toHaveTextContent(
      'Running …',
    );
  });
});
