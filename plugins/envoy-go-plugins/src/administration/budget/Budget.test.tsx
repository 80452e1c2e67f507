import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { DateTime } from 'luxon';
import {
  InMemoryEnvoyGoPluginsAdministrationApi,
  refusal,
  sampleAdministration,
} from '../__testUtils__';
import { renderAdministration } from '../__testUtils__/renderAdministration';
import { niceMaximum, usageByHour } from './usage';

describe('usageByHour', () => {
  const now = DateTime.fromISO('2026-11-22T12:34:00Z');
  const entry = (at: string, urgent: number) => ({
    at,
    used: { urgent, page: 1, sweep: 0 },
    notModified: 2,
  });

  it('adds what fell into the same hour, and leaves out what is older', () => {
    const hours = usageByHour(
      [
        entry('2026-11-21T12:59:00Z', 100),
        entry('2026-11-21T13:00:00Z', 7),
        entry('2026-11-22T12:00:00Z', 1),
        entry('2026-11-22T12:30:00Z', 2),
        entry('2026-11-22T13:00:00Z', 100),
        entry('nonsense', 100),
      ],
      now,
    );
    expect(hours).toHaveLength(24);
    expect(hours[0].used).toEqual({ urgent: 7, page: 1, sweep: 0 });
    expect(hours[23]).toMatchObject({
      used: { urgent: 3, page: 2, sweep: 0 },
      total: 5,
      notModified: 4,
    });
    expect(hours.reduce((sum, hour) => sum + hour.total, 0)).toBe(13);
  });

  it.each([
    [0, 5],
    [5, 5],
    [6, 10],
    [13, 20],
    [240, 250],
    [4_100, 5_000],
  ])('gives %s an axis up to %s', (value, maximum) => {
    expect(niceMaximum(value)).toBe(maximum);
  });
});

describe('the budget', () => {
  let api: InMemoryEnvoyGoPluginsAdministrationApi;
  beforeEach(() => {
    api = new InMemoryEnvoyGoPluginsAdministrationApi(sampleAdministration());
  });
  const render = () => renderAdministration({ api, at: '/github-budget' });

  it('says what is left, until when, and who waits why', async () => {
    await render();
    const graphql = await screen.findByRole('region', {
      name: 'GitHub App 12, installation on envoy-plugins graphql on github.example',
    });
    expect(graphql).toHaveTextContent('211 of 5,000 points left');
    expect(graphql).toHaveTextContent(/Full again in 2[23] minutes/);
    expect(graphql).toHaveTextContent(
      'Sweeps wait. Less than 10 % is left, which is kept for events and pages.',
    );
    expect(graphql).toHaveTextContent('People’s pages are let through.');
  });

  it('says that a credential is paused, and why', async () => {
    const [budget] = api.state.budgets;
    api.state.budgets = [
      {
        ...budget,
        pausedUntil: new Date(Date.now() + 61_000).toISOString(),
        pauseReason: 'GitHub asked for a pause: too many requests at once.',
      },
    ];
    await render();
    expect(await screen.findByRole('note')).toHaveTextContent(
      'Paused, asks again in 1 minute: GitHub asked for a pause: too many requests at once.',
    );
  });

  it('counts anew once the time has come', async () => {
    const [budget] = api.state.budgets;
    api.state.budgets = [
      {
        ...budget,
        remaining: 0,
        resetAt: new Date(Date.now() - 1_000).toISOString(),
      },
    ];
    await render();
    expect(await screen.findByText(/of 5,000 requests left/)).toHaveTextContent(
      '5,000 of 5,000 requests left',
    );
  });

  it('says in words what the chart shows, and shows it as a table', async () => {
    await render();
    const [chart] = await screen.findAllByRole('figure');
    expect(chart).toHaveTextContent(
      /[\d,]+ requests were used in the last 24 hours, most of them in the hour from \d\d:00/,
    );
    await userEvent.click(
      within(chart).getByRole('button', { name: 'Show as a table' }),
    );
    expect(within(chart).getAllByRole('row')).toHaveLength(25);
  });

  it('says that nothing was asked yet', async () => {
    api.state.budgets = [];
    await render();
    expect(
      await screen.findByText('GitHub was not asked yet'),
    ).toBeInTheDocument();
  });

  it('says why it cannot be shown', async () => {
    api.failWith(await refusal(500, 'No such table'));
    await render();
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The budget could not be shown',
    );
  });
});
