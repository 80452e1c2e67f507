import { act, screen, within } from '@testing-library/react';
import { axe } from 'jest-axe';
import {
  InMemoryEnvoyGoPluginsApi,
  InMemorySignals,
  samplePlugins,
} from '../__testUtils__';
import { renderWithApi } from '../__testUtils__/renderWithApi';
import { ActivityContent } from './ActivityContent';

describe('ActivityContent', () => {
  const plugins = samplePlugins();
  const [tokenAuth, headerAuth] = plugins;

  it('lists what happened, newest first, and marks alarms', async () => {
    const { container } = await renderWithApi(<ActivityContent />, {
      api: new InMemoryEnvoyGoPluginsApi({ plugins }),
      entity: tokenAuth.details.entity,
    });
    const released = await screen.findByRole('link', { name: /Released v2/ });
    expect(released).toHaveAttribute('href', expect.stringContaining('/tag/'));
    const items = within(
      screen.getByRole('list', { name: 'Activity' }),
    ).getAllByRole('listitem');
    expect(items).toHaveLength(4);
    expect(items[0]).toHaveTextContent(/by author$/);
    expect(items[0]).not.toHaveTextContent('alarm');
    expect(items[1]).toHaveTextContent(/The tag v1\.3\.0 was moved.*alarm/);
    expect(await axe(container)).toHaveNoViolations();
  });

  it('shows what happens while the page is open, and says so', async () => {
    const api = new InMemoryEnvoyGoPluginsApi({ plugins });
    const signals = new InMemorySignals();
    await renderWithApi(<ActivityContent />, {
      api,
      signals,
      entity: tokenAuth.details.entity,
    });
    await screen.findByRole('link', { name: /Released v2/ });
    api.change({ namespace: 'default', name: 'token-auth' }, plugin => ({
      ...plugin,
      activity: [
        {
          type: 'archived',
          at: '2026-11-22T12:00:00Z',
          message: 'Archived by its owner',
          alarm: false,
        },
        ...(plugin.activity ?? []),
      ],
    }));
    await act(async () =>
      signals.send({
        type: 'plugin-changed',
        entityRef: tokenAuth.details.entityRef,
        parts: ['activity'],
      }),
    );
    expect(
      await screen.findByText('New: Archived by its owner'),
    ).toBeInTheDocument();
    expect(screen.getAllByRole('listitem')).toHaveLength(5);
  });

  it('says that nothing happened yet', async () => {
    await renderWithApi(<ActivityContent />, {
      api: new InMemoryEnvoyGoPluginsApi({ plugins }),
      entity: headerAuth.details.entity,
    });
    expect(await screen.findByText('Nothing happened yet')).toBeInTheDocument();
  });

  it('says why it cannot be listed', async () => {
    await renderWithApi(<ActivityContent />, {
      api: new InMemoryEnvoyGoPluginsApi({ plugins: [] }),
      entity: tokenAuth.details.entity,
    });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The activity could not be listed',
    );
  });
});
