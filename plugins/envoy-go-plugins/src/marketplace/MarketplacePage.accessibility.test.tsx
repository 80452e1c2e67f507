import { act, screen, waitFor } from '@testing-library/react';
import { axe } from 'jest-axe';
import { renderWithApi } from '../__testUtils__/renderWithApi';
import {
  InMemoryEnvoyGoPluginsApi,
  backendFailure,
  samplePlugins,
} from '../__testUtils__';
import { NfsMarketplacePage } from './MarketplacePage';

describe('the accessibility of MarketplacePage', () => {
  const render = (options: {
    at?: string;
    theme?: 'light' | 'dark';
    api?: InMemoryEnvoyGoPluginsApi;
  }) => {
    const {
      api = new InMemoryEnvoyGoPluginsApi({ plugins: samplePlugins() }),
    } = options;
    return renderWithApi(<NfsMarketplacePage />, { ...options, api });
  };

  // Of a theme jsdom knows no colours: it is looked at in both with a browser
  it.each([
    ['cards', 'light', '/?q=auth&category=authn'],
    ['cards', 'dark', '/?q=auth&category=authn'],
    ['a table', 'light', '/?view=table'],
    ['nothing found', 'light', '/?q=zebra'],
  ] as const)('has no faults with %s in the %s theme', async (_, theme, at) => {
    const { container } = await render({ at, theme });
    await waitFor(() =>
      expect(screen.getByRole('status')).toHaveTextContent(/plugin/),
    );
    expect(await axe(container)).toHaveNoViolations();
  });

  it('has no faults while loading', async () => {
    const api = new InMemoryEnvoyGoPluginsApi({ plugins: samplePlugins() });
    const release = api.hold();
    const { container } = await render({ api });
    expect(await axe(container)).toHaveNoViolations();
    await act(async () => release());
  });

  it('has no faults on first use', async () => {
    const api = new InMemoryEnvoyGoPluginsApi({ plugins: [] });
    const { container } = await render({ api });
    await screen.findByText('No plugins yet');
    expect(await axe(container)).toHaveNoViolations();
  });

  it('has no faults after a failure', async () => {
    const api = new InMemoryEnvoyGoPluginsApi({ plugins: [] });
    api.failWith(await backendFailure(500, 'Oh'));
    const { container } = await render({ api });
    await screen.findByRole('alert');
    expect(await axe(container)).toHaveNoViolations();
  });
});
