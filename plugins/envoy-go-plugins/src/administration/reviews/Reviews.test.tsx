import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import { InMemorySignals } from '../../__testUtils__';
import {
  InMemoryEnvoyGoPluginsPublishingApi,
  samplePublishing,
  sampleRequest,
} from '../../publishing/__testUtils__';
import { renderPublishing } from '../../publishing/__testUtils__/renderPublishing';
import { refusal } from '../__testUtils__';

const address = () => screen.getByTestId('address').textContent;

describe('the review queue', () => {
  let api: InMemoryEnvoyGoPluginsPublishingApi;
  let signals: InMemorySignals;
  beforeEach(() => {
    api = new InMemoryEnvoyGoPluginsPublishingApi(samplePublishing());
    signals = new InMemorySignals();
    api.onChange = requestId =>
      signals.send({ type: 'publish-request-changed', requestId });
  });
  const render = (at = '', theme?: 'light' | 'dark') =>
    renderPublishing({ api, at: `/admin/reviews${at}`, theme, signals });
  const decide = async (action: string) => {
    await userEvent.click(await screen.findByRole('button', { name: action }));
    return screen.findByRole('dialog');
  };

  it('begins with what waits for an administrator, with its age', async () => {
    const { container } = await render();
    const table = await screen.findByRole('table', { name: 'Requests' });
    expect(await screen.findByText('3 requests')).toBeInTheDocument();
    const row = within(table).getByRole('row', { name: /Token auth/ });
    expect(row).toHaveTextContent('In review');
    expect(row).toHaveTextContent('0 of 1');
    expect(within(row).getAllByText(/ago|just now/).length).toBeGreaterThan(0);
    expect(screen.queryByText('Old one')).not.toBeInTheDocument();
    expect(await axe(container)).toHaveNoViolations();
  });

  it('shows others by their state, and all, in the address', async () => {
    await render();
    await screen.findByText('3 requests');
    await userEvent.click(screen.getByRole('button', { name: /In review/ }));
    await userEvent.click(
      screen.getByRole('button', { name: /Publishing failed/ }),
    );
    expect(await screen.findByText('7 requests')).toBeInTheDocument();
    expect(address()).toBe('/envoy-go-plugins/admin/reviews?state=all');
    await userEvent.click(screen.getByRole('button', { name: /Rejected/ }));
    expect(await screen.findByText('1 request')).toBeInTheDocument();
    expect(screen.getByText('Old one')).toBeInTheDocument();
  });

  it('says that nothing waits', async () => {
    api.state.requests = [];
    await render();
    expect(await screen.findByText('Nothing waits for you')).toBeVisible();
  });

  it('looks again on a signal', async () => {
    await render();
    await screen.findByText('3 requests');
    await act(async () => {
      api.update('request-token-auth', { state: 'withdrawn' });
    });
    expect(await screen.findByText('2 requests')).toBeInTheDocument();
  });

  it('believes the backend about who administers', async () => {
    api.failWith(await refusal(403, 'Only administrators may'));
    await render('/request-token-auth');
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'You are not an administrator',
    );
  });

  it('shows all that it takes to decide', async () => {
    const { container } = await render('/request-token-auth');
    await screen.findByRole('heading', { name: 'Your decision' });
    expect(
      screen.getByRole('button', { name: /Source at 9f1c2ab/ }),
    ).toHaveAttribute(
      'href',
      'https://github.example/jo/token-auth/tree/9f1c2ab34de5f67890123456789abcdef0123456',
    );
    const description = screen.getByRole('group', {
      name: 'catalog-info.yaml',
    });
    expect(description).toHaveTextContent(/removed: +envoy: ">=1.37"/);
    expect(description).toHaveTextContent(/added: +envoy: ">=1.38"/);
    expect(
      screen.getByText(/2 lines added, 2 removed, compared/),
    ).toBeInTheDocument();
    const risks = screen.getByRole('region', { name: 'Risk report' });
    expect(
      within(risks).getByRole('list', { name: 'New risks' }),
    ).toHaveTextContent('Imports net/http and calls out of the proxy.');
    expect(
      within(risks).getByRole('list', { name: 'Risks' }),
    ).toHaveTextContent('Imports unsafe.');
    expect(
      screen.getByRole('list', { name: 'What happened' }),
    ).toHaveTextContent(/mia.* on GitHub commented/);
    expect(await axe(container)).toHaveNoViolations();
  });

  it('shows the whole description where there is none to compare with', async () => {
    api.state.requests = [sampleRequest({ id: 'one' })];
    await render('/one');
    expect(
      await screen.findByText(/There is no plugin of this name/),
    ).toBeInTheDocument();
    expect(
      screen.getByRole('group', { name: 'catalog-info.yaml' }),
    ).not.toHaveTextContent('added:');
  });

  it('approves only with a reason for each check that could not run', async () => {
    await render('/request-token-auth', 'dark');
    const dialog = await decide('Approve');
    const approve = within(dialog).getByRole('button', { name: 'Approve' });
    expect(approve).toBeDisabled();
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /Builds/ }),
      'Built by hand',
    );
    expect(approve).toBeDisabled();
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /Proof in Envoy/ }),
      'Proven by hand',
    );
    expect(
      await axe(dialog.ownerDocument.body, {
        rules: { region: { enabled: false } },
      }),
    ).toHaveNoViolations();
    await userEvent.click(approve);
    expect(
      await screen.findByRole('list', { name: 'Steps of the publication' }),
    ).toBeInTheDocument();
    expect(api.decisions).toEqual([
      {
        kind: 'approve',
        commit: '9f1c2ab34de5f67890123456789abcdef0123456',
        exceptions: [
          { checkId: 'builds', reason: 'Built by hand' },
          { checkId: 'proof', reason: 'Proven by hand' },
        ],
      },
    ]);
    expect(screen.getByText(/Built by hand/)).toBeInTheDocument();
  });

  it('decides about the commit that was looked at, not about one pushed meanwhile', async () => {
    await render('/request-token-auth');
    const dialog = await decide('Reject');
    const reject = within(dialog).getByRole('button', { name: 'Reject' });
    expect(reject).toBeDisabled();
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /Why/ }),
      'Exists already',
    );
    await act(async () => {
      api.update('request-token-auth', { commit: 'newer' });
    });
    expect(
      await screen.findByRole('button', {
        name: /Source at newer/,
        hidden: true,
      }),
    ).toBeInTheDocument();
    await userEvent.click(reject);
    expect(await within(dialog).findByRole('alert')).toHaveTextContent(
      'another commit is reviewed now',
    );
    expect(api.decisions[0].commit).toMatch(/^9f1c2ab/);
  });

  it('asks for changes', async () => {
    await render('/request-token-auth');
    const dialog = await decide('Ask for changes');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /What has to change/ }),
      'Bound the cache',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Ask for changes' }),
    );
    await waitFor(() =>
      expect(
        screen.queryByRole('button', { name: 'Approve' }),
      ).not.toBeInTheDocument(),
    );
    expect(screen.getByText('Bound the cache')).toBeInTheDocument();
  });

  it('shows nobody approve on their own request, and says why', async () => {
    await render('/request-canary');
    expect(
      await screen.findByText(/Nobody approves their own request/),
    ).toBeInTheDocument();
    expect(
      screen.queryByRole('button', { name: 'Approve' }),
    ).not.toBeInTheDocument();
    expect(
      screen.getByRole('link', { name: 'your page of the request' }),
    ).toHaveAttribute('href', '/envoy-go-plugins/publish/request-canary');
  });

  it('counts an approval once where it takes two', async () => {
    api.state.requests = [
      sampleRequest({
        id: 'one',
        neededApprovals: 2,
        checkResults: sampleRequest().checkResults.filter(
          ({ outcome }) => outcome === 'passed',
        ),
      }),
    ];
    await render('/one');
    const dialog = await decide('Approve');
    expect(dialog).toHaveTextContent('It takes 1 more before');
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Approve' }),
    );
    expect(
      await screen.findByText(/1 of 2 needed approvals/),
    ).toBeInTheDocument();
    expect(
      screen.queryByRole('button', { name: 'Approve' }),
    ).not.toBeInTheDocument();
  });

  it('tries a failed publication again', async () => {
    await render('/request-rate-limit');
    expect(
      await screen.findByRole('heading', {
        name: 'It stopped at “Strip what came along”',
      }),
    ).toBeInTheDocument();
    expect(screen.getByText(/refused to remove the deploy key/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() =>
      expect(
        screen.queryByRole('button', { name: 'Try again' }),
      ).not.toBeInTheDocument(),
    );
    expect(api.calls).toContain('retryPublishing');
  });

  it('aborts a failed publication with a reason', async () => {
    await render('/request-rate-limit');
    const dialog = await decide('Abort');
    await userEvent.type(
      within(dialog).getByRole('textbox'),
      'Given back to mia',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Abort' }),
    );
    expect(await screen.findByText(/Given back to mia/)).toBeInTheDocument();
  });
});
