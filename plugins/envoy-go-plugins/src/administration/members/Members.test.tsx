import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import {
  InMemoryEnvoyGoPluginsAdministrationApi,
  refusal,
  sampleAdministration,
} from '../__testUtils__';
import { renderAdministration } from '../__testUtils__/renderAdministration';

const address = () => screen.getByTestId('address').textContent;

describe('members', () => {
  let api: InMemoryEnvoyGoPluginsAdministrationApi;
  const getCredentials = jest.fn();
  beforeEach(() => {
    api = new InMemoryEnvoyGoPluginsAdministrationApi(sampleAdministration());
    getCredentials.mockReset();
    getCredentials.mockResolvedValue({ token: 'of-admin', headers: {} });
  });
  const render = (at = '/members') =>
    renderAdministration({ api, at, scmAuth: { getCredentials } });
  const act = async (login: string, action: RegExp) => {
    await userEvent.click(
      await screen.findByRole('button', { name: `Actions for ${login}` }),
    );
    await userEvent.click(
      await screen.findByRole('menuitem', { name: action }),
    );
    return screen.findByRole('dialog');
  };

  it('narrows by name, role and team, in the address', async () => {
    await render();
    expect(await screen.findByText('1–25 of 33 members')).toBeInTheDocument();
    await userEvent.selectOptions(screen.getByLabelText('Team'), 'gateway');
    expect(await screen.findByText('2 members')).toBeInTheDocument();
    await userEvent.type(screen.getByRole('searchbox'), 'arthur');
    expect(await screen.findByText('1 member')).toBeInTheDocument();
    expect(address()).toBe(
      '/envoy-go-plugins/admin/members?q=arthur&team=gateway',
    );
    await userEvent.selectOptions(screen.getByLabelText('Role'), 'Owner');
    await userEvent.click(
      await screen.findByRole('button', { name: 'Clear filters' }),
    );
    expect(await screen.findByText('1–25 of 33 members')).toBeInTheDocument();
    expect(getCredentials).not.toHaveBeenCalled();
  });

  it('leads from a member to their team', async () => {
    await render('/members?q=arthur');
    const teams = await screen.findByRole('list', { name: 'Teams of author' });
    await userEvent.click(within(teams).getByRole('link', { name: 'Gateway' }));
    expect(
      await screen.findByRole('table', { name: 'Members of Gateway' }),
    ).toBeInTheDocument();
    expect(address()).toBe('/envoy-go-plugins/admin/teams?team=gateway');
  });

  it('invites in the own name, asking for leave only then', async () => {
    const { container } = await render();
    await userEvent.click(
      await screen.findByRole('button', { name: 'Invite' }),
    );
    const dialog = await screen.findByRole('dialog', {
      name: 'Invite into envoy-plugins',
    });
    const invite = within(dialog).getByRole('button', { name: 'Invite' });
    expect(invite).toBeDisabled();
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /GitHub login or email/ }),
      ' newer ',
    );
    await userEvent.click(within(dialog).getByRole('radio', { name: /Owner/ }));
    await userEvent.click(
      within(dialog).getByRole('checkbox', { name: /Plugin admins/ }),
    );
    expect(await axe(container.ownerDocument.body)).toHaveNoViolations();
    expect(getCredentials).not.toHaveBeenCalled();
    await userEvent.click(invite);
    expect(
      await screen.findByText('newer is invited into envoy-plugins.'),
    ).toBeInTheDocument();
    expect(getCredentials).toHaveBeenCalledWith({
      url: 'https://github.example/admin',
      additionalScope: { customScopes: { github: ['admin:org'] } },
    });
    expect(api.tokens).toEqual(['of-admin']);
    expect(api.state.invitations.at(-1)).toMatchObject({
      login: 'newer',
      role: 'admin',
      teams: ['plugin-admins'],
    });
    const invitations = await screen.findByRole('table', {
      name: 'Invitations',
    });
    expect(
      await within(invitations).findByRole('row', { name: /newer/ }),
    ).toHaveTextContent('Owner, Plugin adminsPending since just now');
  });

  it('says what to do when whoever is asked does not agree', async () => {
    getCredentials.mockRejectedValue(
      Object.assign(new Error('Login failed, rejected by user'), {
        name: 'RejectedError',
      }),
    );
    await render('/members?q=arthur');
    const dialog = await act('author', /Remove from envoy-plugins/);
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Remove' }),
    );
    expect(await within(dialog).findByRole('alert')).toHaveTextContent(
      'Nothing was changed. This is done in your name, so github.example has to ask you for it: try again, choose “Log in”, and agree to the scope admin:org.',
    );
    expect(api.tokens).toEqual([]);
  });

  it('makes a member an owner', async () => {
    await render('/members?q=arthur');
    const dialog = await act('author', /Make an owner/);
    expect(dialog).toHaveTextContent('Owners may do everything');
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Make an owner' }),
    );
    expect(
      await screen.findByText('author is an owner of envoy-plugins now.'),
    ).toBeInTheDocument();
    await waitFor(() =>
      expect(screen.getByRole('row', { name: /author/ })).toHaveTextContent(
        'Owner',
      ),
    );
  });

  it('removes a member once it is confirmed', async () => {
    await render('/members?q=arthur');
    const dialog = await act('author', /Remove from envoy-plugins/);
    expect(dialog).toHaveTextContent('the team Gateway');
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Cancel' }),
    );
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
    expect(api.tokens).toEqual([]);
    const again = await act('author', /Remove from envoy-plugins/);
    await userEvent.click(
      within(again).getByRole('button', { name: 'Remove' }),
    );
    expect(
      await screen.findByText('author is no longer in envoy-plugins.'),
    ).toBeInTheDocument();
    expect(
      await screen.findByText('No member of envoy-plugins matches.'),
    ).toBeInTheDocument();
  });

  it('says why GitHub refuses', async () => {
    await render('/members?q=ada');
    const dialog = await act('admin', /Make a member/);
    api.refuseChangesWith(
      await refusal(
        403,
        'GitHub refused to make admin a member: an organisation needs an owner',
      ),
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Make a member' }),
    );
    expect(await within(dialog).findByRole('alert')).toHaveTextContent(
      /^GitHub refused to make admin a member: an organisation needs an owner\.$/,
    );
  });

  it('shows pending and failed invitations, and takes one back', async () => {
    await render();
    const table = await screen.findByRole('table', { name: 'Invitations' });
    expect(
      await within(table).findByRole('row', { name: /nobody@example.com/ }),
    ).toHaveTextContent('Failed: The invitation expired after 7 days.');
    expect(
      within(table).getByRole('row', { name: /newcomer/ }),
    ).toHaveTextContent('Pending since 1 day ago');
    await userEvent.click(
      within(table).getByRole('button', {
        name: 'Cancel the invitation of newcomer',
      }),
    );
    const dialog = await screen.findByRole('dialog');
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Cancel the invitation' }),
    );
    expect(
      await screen.findByText('The invitation of newcomer is cancelled.'),
    ).toBeInTheDocument();
    await waitFor(() =>
      expect(
        within(table).queryByRole('row', { name: /newcomer/ }),
      ).not.toBeInTheDocument(),
    );
  });

  it('keeps the members where only the invitations cannot be had', async () => {
    const error = await refusal(503, 'GitHub did not answer');
    api.listInvitations = () => Promise.reject(error);
    await render();
    expect(
      await screen.findByText('The invitations could not be listed'),
    ).toBeInTheDocument();
    expect(await screen.findByText('1–25 of 33 members')).toBeInTheDocument();
  });
});
