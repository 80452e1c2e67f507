import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  InMemoryEnvoyGoPluginsAdministrationApi,
  refusal,
  sampleAdministration,
} from '../__testUtils__';
import { renderAdministration } from '../__testUtils__/renderAdministration';

const address = () => screen.getByTestId('address').textContent;

describe('teams', () => {
  let api: InMemoryEnvoyGoPluginsAdministrationApi;
  beforeEach(() => {
    api = new InMemoryEnvoyGoPluginsAdministrationApi(sampleAdministration());
  });
  const render = (at = '/teams') => renderAdministration({ api, at });

  it('shows the administrators first, and opens a team in the address', async () => {
    await render();
    const team = await screen.findByRole('button', { name: /^Plugin admins/ });
    expect(team).toHaveTextContent('Administrators of this portal1 member');
    expect(
      screen.getByRole('button', { name: /^Gateway/ }),
    ).not.toHaveTextContent('Administrators');
    await userEvent.click(screen.getByRole('button', { name: /^Gateway/ }));
    expect(
      await screen.findByRole('table', { name: 'Members of Gateway' }),
    ).toBeInTheDocument();
    expect(address()).toBe('/envoy-go-plugins/admin/teams?team=gateway');
  });

  it('finds a team by a member', async () => {
    await render('/teams?q=contributor');
    expect(await screen.findByText('1 team')).toBeInTheDocument();
  });

  it('adds somebody', async () => {
    await render('/teams?team=observers');
    expect(
      await screen.findByText('Nobody is in this team yet.'),
    ).toBeInTheDocument();
    const form = screen.getByRole('form', { name: 'Add to Observers' });
    await userEvent.type(
      within(form).getByLabelText('GitHub login'),
      'engineer-01{Enter}',
    );
    expect(
      await screen.findByText(/engineer-01 is a member of Observers now/),
    ).toBeInTheDocument();
    expect(
      await screen.findByRole('table', { name: 'Members of Observers' }),
    ).toHaveTextContent('engineer-01');
    expect(within(form).getByLabelText('GitHub login')).toHaveValue('');
    expect(api.tokens).toEqual(['of-admin']);
  });

  it('keeps what was typed where GitHub refuses, and says why', async () => {
    await render('/teams?team=observers');
    const form = await screen.findByRole('form', { name: 'Add to Observers' });
    api.refuseChangesWith(
      await refusal(404, 'GitHub knows no account nobody-at-all'),
    );
    await userEvent.type(
      within(form).getByLabelText('GitHub login'),
      'nobody-at-all{Enter}',
    );
    expect(await within(form).findByRole('alert')).toHaveTextContent(
      'GitHub knows no account nobody-at-all.',
    );
    expect(within(form).getByLabelText('GitHub login')).toHaveValue(
      'nobody-at-all',
    );
  });

  it('changes a role and removes, once each is confirmed', async () => {
    await render('/teams?team=gateway');
    await userEvent.click(
      await screen.findByRole('button', {
        name: 'Make maintainer: contributor',
      }),
    );
    await userEvent.click(
      within(await screen.findByRole('dialog')).getByRole('button', {
        name: 'Make maintainer',
      }),
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Make member: contributor' }),
    );
    await userEvent.click(
      within(await screen.findByRole('dialog')).getByRole('button', {
        name: 'Cancel',
      }),
    );
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'Remove contributor from Gateway' }),
    );
    await userEvent.click(
      within(await screen.findByRole('dialog')).getByRole('button', {
        name: 'Remove',
      }),
    );
    expect(
      await screen.findByText('contributor is no longer in Gateway.'),
    ).toBeInTheDocument();
    expect(api.state.teams[0].members).toEqual([
      { login: 'author', role: 'maintainer' },
    ]);
  });

  it('warns before an administrator is removed', async () => {
    await render('/teams?team=plugin-admins');
    await userEvent.click(
      await screen.findByRole('button', {
        name: 'Remove admin from Plugin admins',
      }),
    );
    expect(await screen.findByRole('dialog')).toHaveTextContent(
      'They will no longer administer this portal.',
    );
  });

  it('says what to do where there is no team', async () => {
    api.state.teams = [];
    await render();
    expect(await screen.findByText('No teams yet')).toBeInTheDocument();
  });
});
