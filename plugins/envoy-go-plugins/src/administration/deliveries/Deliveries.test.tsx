import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import {
  InMemoryEnvoyGoPluginsAdministrationApi,
  refusal,
  sampleAdministration,
  sampleDelivery,
} from '../__testUtils__';
import { renderAdministration } from '../__testUtils__/renderAdministration';

const address = () => screen.getByTestId('address').textContent;
const chip = (name: RegExp) => screen.getByRole('button', { name });

describe('deliveries', () => {
  let api: InMemoryEnvoyGoPluginsAdministrationApi;
  beforeEach(() => {
    api = new InMemoryEnvoyGoPluginsAdministrationApi(sampleAdministration());
  });
  const render = (at = '/deliveries') => renderAdministration({ api, at });

  it('counts each state and event, and narrows by them', async () => {
    await render();
    await screen.findByText('1–25 of 120 deliveries');
    expect(chip(/^Dead/)).toHaveTextContent('Dead7');
    await userEvent.click(chip(/^Dead/));
    expect(await screen.findByText('7 deliveries')).toBeInTheDocument();
    expect(chip(/^Dead/)).toHaveAttribute('aria-pressed', 'true');
    expect(chip(/^Done/)).toHaveTextContent('Done97');
    await userEvent.click(chip(/^ping/));
    expect(await screen.findByText('1 delivery')).toBeInTheDocument();
    expect(address()).toBe(
      '/envoy-go-plugins/admin/deliveries?state=dead&event=ping',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Go back' }));
    expect(await screen.findByText('7 deliveries')).toBeInTheDocument();
  });

  it('reads all filters and the page from the address', async () => {
    await render(
      '/deliveries?q=502&state=dead&state=nonsense&event=push&repository=envoy-plugins%2Ftoken-auth&from=2020-01-01T00:00:00Z&page=1',
    );
    await waitFor(() => expect(api.deliveryQueries).toHaveLength(1));
    expect(api.deliveryQueries[0]).toEqual({
      text: '502',
      state: ['dead'],
      event: ['push'],
      repository: 'envoy-plugins/token-auth',
      from: '2020-01-01T00:00:00Z',
      offset: 0,
      limit: 25,
    });
    expect(screen.getByRole('searchbox')).toHaveValue('502');
    expect(screen.getByLabelText('Repository')).toHaveValue(
      'envoy-plugins/token-auth',
    );
    expect(screen.getByLabelText('From')).not.toHaveValue('');
  });

  it('searches, pages, and begins anew with the first page', async () => {
    await render();
    await screen.findByText('1–25 of 120 deliveries');
    await userEvent.click(screen.getByRole('button', { name: 'Go to page 2' }));
    expect(
      await screen.findByText('26–50 of 120 deliveries'),
    ).toBeInTheDocument();
    expect(address()).toBe('/envoy-go-plugins/admin/deliveries?page=2');
    await userEvent.type(screen.getByRole('searchbox'), 'synchronize');
    await waitFor(() =>
      expect(address()).toBe(
        '/envoy-go-plugins/admin/deliveries?q=synchronize',
      ),
    );
    expect(await screen.findByText('11 deliveries')).toBeInTheDocument();
  });

  it('narrows to a time', async () => {
    await render();
    await screen.findByText('1–25 of 120 deliveries');
    await userEvent.selectOptions(screen.getByLabelText('Time'), '1h');
    expect(await screen.findByText('8 deliveries')).toBeInTheDocument();
    expect(address()).toBe('/envoy-go-plugins/admin/deliveries?within=1h');
  });

  it('goes to the last page where the address names one behind it', async () => {
    await render('/deliveries?page=99');
    expect(
      await screen.findByText('101–120 of 120 deliveries'),
    ).toBeInTheDocument();
    expect(address()).toBe('/envoy-go-plugins/admin/deliveries?page=5');
  });

  it('replays what is selected, and says what could not be', async () => {
    await render();
    await screen.findByText('1–25 of 120 deliveries');
    for (const name of [/^Select push /, /^Select issues.opened /]) {
      await userEvent.click(screen.getAllByRole('checkbox', { name })[0]);
    }
    await userEvent.click(
      screen.getByRole('button', { name: 'Replay selected' }),
    );
    const dialog = await screen.findByRole('dialog', {
      name: 'Replay 2 deliveries?',
    });
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Replay' }),
    );
    expect(
      await screen.findByText(/1 delivery is handled anew, 1 is not:/),
    ).toBeInTheDocument();
    expect(
      screen.getByText(/000000000000: it is being handled right now/),
    ).toBeInTheDocument();
    expect(screen.queryByText('2 selected')).not.toBeInTheDocument();
  });

  it('replays all dead ones within the other filters', async () => {
    await render('/deliveries?repository=envoy-plugins/token-auth&state=done');
    await userEvent.click(
      await screen.findByRole('button', { name: 'Replay all dead ones' }),
    );
    const dialog = await screen.findByRole('dialog', {
      name: /Replay the \d dead deliver(y|ies) that match/,
    });
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Replay' }),
    );
    await waitFor(() =>
      expect(api.replays).toEqual([
        { query: { repository: 'envoy-plugins/token-auth', state: ['dead'] } },
      ]),
    );
  });

  it('keeps the question open where a replay is refused, and says why', async () => {
    await render();
    await userEvent.click(
      await screen.findByRole('button', { name: 'Replay all dead ones' }),
    );
    api.refuseChangesWith(await refusal(503, 'The database is starting'));
    await userEvent.click(screen.getByRole('button', { name: 'Replay' }));
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The database is starting.',
    );
    expect(screen.getByRole('dialog')).toBeInTheDocument();
  });

  it('says that nothing was delivered yet', async () => {
    api.state.deliveries = [];
    await render();
    expect(await screen.findByText('Nothing was delivered yet')).toBeVisible();
    expect(
      screen.queryByRole('button', { name: 'Replay all dead ones' }),
    ).not.toBeInTheDocument();
  });

  it('clears filters that nothing matches', async () => {
    await render('/deliveries?q=zebra&within=1h');
    await userEvent.click(
      await screen.findByRole('button', { name: 'Clear filters' }),
    );
    expect(
      await screen.findByText('1–25 of 120 deliveries'),
    ).toBeInTheDocument();
  });

  it('says why they cannot be listed and tries again', async () => {
    api.failWith(await refusal(503, 'The database is starting'));
    await render();
    await screen.findByText('The deliveries could not be listed');
    api.failWith(undefined);
    await userEvent.click(screen.getAllByRole('button', { name: 'Retry' })[1]);
    expect(
      await screen.findByText('1–25 of 120 deliveries'),
    ).toBeInTheDocument();
  });

  describe('the webhook', () => {
    it('says when something came last', async () => {
      await render();
      const webhooks = await screen.findByRole('region', { name: 'Webhooks' });
      expect(
        await within(webhooks).findByText('Webhook of envoy-plugins: Works'),
      ).toBeInTheDocument();
      expect(webhooks).toHaveTextContent('Last delivery 2 minutes ago (push)');
    });

    it('names each problem and what to do', async () => {
      const [webhook] = api.state.webhooks;
      api.state.webhooks = [
        {
          ...webhook,
          state: 'broken',
          lastMismatchAt: new Date().toISOString(),
          problems: [
            {
              reason: 'secret-mismatch',
              message:
                'GitHub signs with another secret. Set the same one on GitHub and as envoyGoPlugins.github.webhookSecret.',
            },
            { reason: 'silent', message: 'Nothing came for 3 days.' },
          ],
        },
      ];
      await render();
      const problems = await screen.findByRole('list', {
        name: 'Problems of the webhook of envoy-plugins',
      });
      expect(problems).toHaveTextContent(
        'Secret mismatch. GitHub signs with another secret. Set the same one',
      );
      expect(problems).toHaveTextContent('Last seen just now.');
      expect(problems).toHaveTextContent('Silent. Nothing came for 3 days.');
    });

    it('compares with GitHub now, and says what it found', async () => {
      await render();
      await screen.findByText('Webhook of envoy-plugins: Works');
      const asked = api.deliveryQueries.length;
      api.state.webhooks[0].lastReconcileFound = 2;
      await userEvent.click(
        screen.getByRole('button', { name: 'Compare with GitHub now' }),
      );
      expect(
        await screen.findByText(
          'Compared with GitHub: 2 deliveries were missing and are fetched.',
        ),
      ).toBeInTheDocument();
      await waitFor(() =>
        expect(api.deliveryQueries.length).toBeGreaterThan(asked),
      );
    });

    it('says why it could not compare', async () => {
      await render();
      await screen.findByText('Webhook of envoy-plugins: Works');
      api.refuseChangesWith(
        await refusal(503, 'GitHub did not answer for 30 s'),
      );
      await userEvent.click(
        screen.getByRole('button', { name: 'Compare with GitHub now' }),
      );
      expect(
        await screen.findByText('GitHub did not answer for 30 s.'),
      ).toBeInTheDocument();
    });
  });

  describe('the page of one', () => {
    const open = async () => {
      await render('/deliveries?event=release');
      const links = await screen.findAllByRole('link', {
        name: 'release.published',
      });
      await userEvent.click(links[0]);
      return screen.findByRole('heading', { name: 'release.published' });
    };

    it('opens from the row and leads back to the same list', async () => {
      await open();
      expect(address()).toBe(
        '/envoy-go-plugins/admin/deliveries/7c6f0e9a-5d1b-4c83-9e2f-000000000004?event=release',
      );
      await userEvent.click(
        screen.getByRole('button', { name: 'All deliveries' }),
      );
      expect(await screen.findByText('11 deliveries')).toBeInTheDocument();
      expect(address()).toBe(
        '/envoy-go-plugins/admin/deliveries?event=release',
      );
    });

    it('shows what it caused, with links, and the headers', async () => {
      await open();
      const effects = await screen.findByRole('region', {
        name: 'What it caused',
      });
      expect(effects).toHaveTextContent(
        'Read 3 releases of envoy-plugins/local-rate-limit',
      );
      expect(within(effects).getByRole('link')).toHaveAttribute(
        'href',
        '/catalog/default/envoygoplugin/local-rate-limit',
      );
      expect(screen.getByText('GitHub-Hookshot/0a1b2c3')).toBeInTheDocument();
      expect(
        screen.getByRole('link', { name: 'envoy-plugins/local-rate-limit' }),
      ).toHaveAttribute(
        'href',
        '/envoy-go-plugins/admin/deliveries?repository=envoy-plugins%2Flocal-rate-limit',
      );
    });

    it('finds words in the body, from one place to the next', async () => {
      await open();
      const find = await screen.findByLabelText('Find in the body');
      await userEvent.type(find, 'LOCAL-rate');
      expect(await screen.findByText('1 of 3')).toBeInTheDocument();
      await userEvent.keyboard('{Enter}');
      expect(await screen.findByText('2 of 3')).toBeInTheDocument();
      await userEvent.keyboard('{Shift>}{Enter}{Enter}{/Shift}');
      expect(await screen.findByText('3 of 3')).toBeInTheDocument();
      await userEvent.clear(find);
      await userEvent.type(find, 'zebra');
      expect(await screen.findByText('not found')).toBeInTheDocument();
    });

    it('is handled anew', async () => {
      await open();
      await userEvent.click(
        await screen.findByRole('button', { name: 'Replay' }),
      );
      expect(
        await screen.findByText('1 delivery is handled anew.'),
      ).toBeInTheDocument();
      expect(
        await screen.findByText('Received', { selector: 'span' }),
      ).toBeVisible();
    });

    it('shows the error of a dead one, and a body that is no JSON as it is', async () => {
      api.state.deliveries = [
        sampleDelivery(3, Date.now(), { deliveryId: 'dead', body: '{"half' }),
      ];
      const { container } = await render('/deliveries/dead');
      expect(
        await screen.findByText(/Attempt 8 failed: GitHub answered 502/),
      ).toBeInTheDocument();
      expect(screen.getByText('{"half')).toBeInTheDocument();
      expect(await axe(container)).toHaveNoViolations();
    });

    it('says that one is forgotten', async () => {
      await render('/deliveries/long-ago');
      expect(
        await screen.findByText('This delivery is not here'),
      ).toBeInTheDocument();
    });
  });
});
