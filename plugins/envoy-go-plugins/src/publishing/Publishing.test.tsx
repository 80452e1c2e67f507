import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import { refusal } from '../administration/__testUtils__';
import { InMemorySignals } from '../__testUtils__';
import {
  CHECK_TITLES,
  InMemoryEnvoyGoPluginsPublishingApi,
  NO_BOT,
  sampleCheck,
  samplePublishing,
  sampleRequest,
  sampleSteps,
} from './__testUtils__';
import { renderPublishing } from './__testUtils__/renderPublishing';

const address = () => screen.getByTestId('address').textContent;
const OWN = { author: 'user:default/guest', authorLogin: 'guest' };

describe('publishing', () => {
  let api: InMemoryEnvoyGoPluginsPublishingApi;
  let signals: InMemorySignals;
  const getCredentials = jest.fn();
  beforeEach(() => {
    api = new InMemoryEnvoyGoPluginsPublishingApi(samplePublishing());
    signals = new InMemorySignals();
    api.onChange = requestId =>
      signals.send({ type: 'publish-request-changed', requestId });
    getCredentials.mockReset();
    getCredentials.mockResolvedValue({ token: 'of-guest', headers: {} });
  });
  const render = (at = '/publish', theme?: 'light' | 'dark') =>
    renderPublishing({ api, at, theme, signals, scmAuth: { getCredentials } });
  const only = (request: Parameters<typeof sampleRequest>[0]) => {
    api.state.requests = [sampleRequest({ id: 'one', ...OWN, ...request })];
  };

  describe('my requests', () => {
    it('shows the own ones with their state, and nobody else’s', async () => {
      const { container } = await render();
      const table = await screen.findByRole('table', { name: 'My requests' });
      expect(
        await within(table).findByRole('row', { name: /Geo block/ }),
      ).toHaveTextContent('Needs work');
      expect(
        within(table).getByRole('row', { name: /Geo block/ }),
      ).toHaveTextContent('1 failed2 could not run6 passed');
      expect(screen.queryByText('Rate limit')).not.toBeInTheDocument();
      expect(screen.getByText('4 requests')).toBeInTheDocument();
      expect(await axe(container)).toHaveNoViolations();
    });

    it('tells how it goes to whoever has not asked for anything yet', async () => {
      api.state.requests = [];
      await render();
      expect(
        await screen.findByRole('button', { name: 'Choose a repository' }),
      ).toHaveAttribute('href', '/envoy-go-plugins/publish/new');
    });

    it('narrows by the state in the address, and back', async () => {
      await render('/publish?state=published');
      expect(await screen.findByText('CORS lite')).toBeInTheDocument();
      expect(screen.getByText('1 request')).toBeInTheDocument();
      await userEvent.click(screen.getByRole('button', { name: /Needs work/ }));
      expect(await screen.findByText('2 requests')).toBeInTheDocument();
      expect(address()).toBe(
        '/envoy-go-plugins/publish?state=needs-work&state=published',
      );
    });

    it('looks again on a signal', async () => {
      await render();
      await screen.findByText('Geo block');
      await act(async () => {
        api.update('request-geo-block', { state: 'withdrawn' });
      });
      await waitFor(() =>
        expect(
          screen.getByRole('row', { name: /Geo block/ }),
        ).toHaveTextContent('Withdrawn'),
      );
    });

    it('says what to do where they cannot be had, and tries again', async () => {
      api.failWith(await refusal(503, 'The database is away'));
      await render();
      expect(await screen.findByRole('alert')).toHaveTextContent(
        'Your requests could not be listed',
      );
      api.failWith(undefined);
      await userEvent.click(screen.getByRole('button', { name: 'Retry' }));
      expect(await screen.findByText('Geo block')).toBeInTheDocument();
    });

    it('tells whoever may not publish what it takes, and asks nothing', async () => {
      await renderPublishing({ api, allowed: false });
      expect(await screen.findByRole('alert')).toHaveTextContent(
        'You cannot publish plugins',
      );
      expect(api.calls).toEqual([]);
    });
  });

  describe('a new request', () => {
    it('lists the own repositories, says why one cannot be published, and begins with the chosen one', async () => {
      const { container } = await render('/publish/new');
      const list = await screen.findByRole('list', { name: 'My repositories' });
      expect(within(list).getAllByRole('listitem')).toHaveLength(4);
      expect(list).toHaveTextContent('It is archived: unarchive it');
      expect(
        within(list).getByRole('button', {
          name: 'Open the request for jo/geo-block',
        }),
      ).toHaveAttribute('href', '/envoy-go-plugins/publish/request-geo-block');
      expect(await axe(container)).toHaveNoViolations();
      await userEvent.click(
        within(list).getByRole('button', { name: 'Choose jo/token-auth' }),
      );
      expect(
        await screen.findByRole('heading', { name: 'The checks run' }),
      ).toBeInTheDocument();
      expect(address()).toBe('/envoy-go-plugins/publish/new-token-auth');
      expect(api.tokens).toEqual(['of-guest', 'of-guest']);
    });

    it('asks for a token only on a click where none was given', async () => {
      getCredentials.mockImplementation(async ({ optional }) => ({
        token: optional ? '' : 'of-guest',
        headers: {},
      }));
      await render('/publish/new');
      const show = await screen.findByRole('button', {
        name: 'Show my repositories',
      });
      expect(api.calls).toEqual([]);
      await userEvent.click(show);
      expect(
        await screen.findByRole('list', { name: 'My repositories' }),
      ).toBeInTheDocument();
    });

    it('says what to do when GitHub gives no token', async () => {
      getCredentials.mockRejectedValue(
        Object.assign(new Error('Login failed, rejected by user'), {
          name: 'RejectedError',
        }),
      );
      await render('/publish/new');
      await userEvent.click(
        await screen.findByRole('button', { name: 'Show my repositories' }),
      );
      expect(await screen.findByRole('alert')).toHaveTextContent(
        'try again, choose “Log in”, and agree',
      );
    });

    it('takes an address as it was copied, and names what is wrong with another', async () => {
      await render('/publish/new');
      const field = await screen.findByRole('textbox', {
        name: 'Address of the repository',
      });
      await userEvent.type(field, 'nothing{enter}');
      expect(field).toHaveAccessibleDescription(/This names no repository/);
      await userEvent.clear(field);
      await userEvent.type(field, 'git@github.example:jo/mirror.git{enter}');
      expect(
        await screen.findByRole('heading', { name: 'mirror' }),
      ).toBeInTheDocument();
      expect(getCredentials).toHaveBeenLastCalledWith({
        url: 'https://github.example/jo/mirror',
      });
    });

    it('says why the backend refuses, and stays', async () => {
      api.refuseChangesWith(
        await refusal(409, 'There is a request for jo/token-auth already'),
      );
      await render('/publish/new');
      await userEvent.click(
        await screen.findByRole('button', { name: 'Choose jo/token-auth' }),
      );
      expect(await screen.findByRole('alert')).toHaveTextContent(
        'There is a request for jo/token-auth already.',
      );
      expect(address()).toBe('/envoy-go-plugins/publish/new');
    });

    it('finds one among many, in the address', async () => {
      await render('/publish/new?q=router');
      const list = await screen.findByRole('list', { name: 'My repositories' });
      expect(within(list).getAllByRole('listitem')).toHaveLength(1);
      expect(screen.getByText('1 of 4 repositories')).toBeInTheDocument();
    });
  });

  describe('the checks', () => {
    const rowOf = (name: string) =>
      within(screen.getByRole('list', { name: 'Checks' }))
        .getByText(name)
        .closest('li');

    it('say where they are, side by side, while it is built', async () => {
      only({
        state: 'checking',
        bot: NO_BOT,
        checkResults: ['builds', 'proof'].map(checkId => ({
          checkId,
          title: checkId,
          summary: 'Builds: modules, step 3 of 11.',
          buildId: 'b1',
        })),
      });
      await render('/publish/one');
      await screen.findByRole('heading', { name: 'The checks run' });
      for (const checkId of ['builds', 'proof']) {
        expect(rowOf(checkId)).toHaveTextContent('Running …');
        expect(rowOf(checkId)).toHaveTextContent('step 3 of 11');
        expect(
          within(rowOf(checkId) ?? document.body).getByRole('link'),
        ).toHaveAttribute('href', '/envoy-go-plugins/builds/b1');
      }
    });

    it('end one by one as the signals come', async () => {
      only({
        state: 'checking',
        bot: NO_BOT,
        checkResults: ['description', 'name', 'builds'].map(checkId => ({
          checkId,
          title: CHECK_TITLES[checkId],
        })),
        checks: { passed: 0, failed: 0, couldNotRun: 0 },
      });
      await render('/publish/one');
      await screen.findByRole('heading', { name: 'The checks run' });
      expect(rowOf('Description')).toHaveTextContent('Running …');
      expect(rowOf('Name')).toHaveTextContent('Waiting');
      await act(async () => {
        api.finishCheck('one', sampleCheck('description'));
      });
      await waitFor(() =>
        expect(rowOf('Description')).toHaveTextContent('Passed'),
      );
      expect(rowOf('Description')).toHaveTextContent(
        'Looked at catalog-info.yaml',
      );
      expect(rowOf('Name')).toHaveTextContent('Running …');
      await act(async () => {
        api.finishCheck('one', sampleCheck('name'));
        api.finishCheck('one', sampleCheck('builds', 'could-not-run'));
      });
      expect(
        await screen.findByRole('heading', {
          name: 'Prepare the hand over',
        }),
      ).toBeInTheDocument();
      await waitFor(() =>
        expect(rowOf('Builds')).toHaveTextContent(
          'Could not runNo build runner is mounted.',
        ),
      );
      expect(rowOf('Builds')).not.toHaveTextContent('Passed');
    });

    it('name what they found and how to mend it, and run again', async () => {
      const { container } = await render('/publish/request-geo-block');
      expect(
        await screen.findByRole('heading', { name: 'Mend 1 check' }),
      ).toBeInTheDocument();
      expect(rowOf('Licence')).toHaveTextContent('No file LICENSE was found.');
      expect(rowOf('Licence')).toHaveTextContent(
        'Add a file LICENSE with the text of Apache-2.0',
      );
      expect(await axe(container)).toHaveNoViolations();
      await userEvent.click(
        screen.getAllByRole('button', { name: 'Check again' })[0],
      );
      expect(
        await screen.findByRole('heading', { name: 'The checks run' }),
      ).toBeInTheDocument();
    });
  });

  describe('handing over', () => {
    beforeEach(() => only({ state: 'ready', bot: NO_BOT }));

    it('takes one click, with the own token', async () => {
      await render('/publish/one');
      await screen.findByRole('heading', { name: 'Prepare the hand over' });
      expect(
        screen.queryByRole('heading', { name: 'Submit it' }),
      ).not.toBeInTheDocument();
      await userEvent.click(
        await screen.findByRole('button', {
          name: 'Give portal-bot access',
        }),
      );
      expect(
        await screen.findByRole('heading', { name: 'Submit it' }),
      ).toBeInTheDocument();
      expect(api.tokens).toEqual(['of-guest']);
    });

    it('looks again, without new checks, whether it was done by hand', async () => {
      await render('/publish/one');
      const again = await screen.findByRole('button', { name: 'Check again' });
      api.state.requests = api.state.requests.map(request => ({
        ...request,
        bot: { ...NO_BOT, state: 'admin', steps: [] },
      }));
      await userEvent.click(again);
      expect(
        await screen.findByRole('heading', { name: 'Submit it' }),
      ).toBeInTheDocument();
      expect(api.calls).not.toContain('checkPublishRequest');
    });

    it('gives the exact steps, and what GitHub said where the click failed', async () => {
      api.refuseChangesWith(
        await refusal(403, 'GitHub let you not: jo has to do it'),
      );
      const { container } = await render('/publish/one');
      await userEvent.click(
        await screen.findByRole('button', { name: /Give portal-bot/ }),
      );
      expect(await screen.findByRole('alert')).toHaveTextContent(
        'GitHub let you not: jo has to do it.',
      );
      expect(
        screen.getByText(/add portal-bot with the role “Admin”/),
      ).toBeInTheDocument();
      expect(
        screen.getByRole('button', { name: /Open on GitHub/ }),
      ).toHaveAttribute(
        'href',
        'https://github.example/jo/token-auth/settings/access',
      );
      expect(await axe(container)).toHaveNoViolations();
    });
  });

  describe('the way of a request', () => {
    it('is submitted with a word, and withdrawn with a reason', async () => {
      only({ state: 'ready' });
      await render('/publish/one');
      await userEvent.type(
        await screen.findByRole('textbox', { name: /A word to/ }),
        'Please look',
      );
      expect(
        screen.getByText(/2 checks could not run; whoever reviews it decides/),
      ).toBeInTheDocument();
      expect(
        screen.getByRole('button', { name: 'Submit for review' }),
      ).toBeDisabled();
      await userEvent.click(
        screen.getByRole('checkbox', { name: /Once it is approved/ }),
      );
      await userEvent.click(
        screen.getByRole('button', { name: 'Submit for review' }),
      );
      expect(
        await screen.findByRole('heading', {
          name: 'Administrators look at it',
        }),
      ).toBeInTheDocument();
      expect(screen.getByText('Please look')).toBeInTheDocument();
      await userEvent.click(screen.getByRole('button', { name: 'Withdraw' }));
      const dialog = await screen.findByRole('dialog');
      await userEvent.click(
        within(dialog).getByRole('button', { name: 'Withdraw' }),
      );
      expect(
        await screen.findByRole('heading', { name: 'You withdrew it' }),
      ).toBeInTheDocument();
    });

    it('shows what administrators want changed, takes an answer, and checks anew', async () => {
      only({
        state: 'changes-requested',
        decisions: [
          {
            kind: 'request-changes',
            by: 'user:default/mia',
            at: '2026-11-20T10:00:00Z',
            text: 'Bound the cache.',
            commit: 'abc',
            counts: true,
          },
        ],
      });
      await render('/publish/one');
      expect(await screen.findByText('Bound the cache.')).toBeInTheDocument();
      await userEvent.type(
        screen.getByRole('textbox', { name: 'Comment' }),
        'It **is** bounded.',
      );
      await userEvent.click(screen.getByRole('button', { name: 'Comment' }));
      expect(
        await screen.findByText('is', { selector: 'strong' }),
      ).toBeVisible();
      await waitFor(() =>
        expect(screen.getByRole('textbox', { name: 'Comment' })).toHaveValue(
          '',
        ),
      );
      await userEvent.click(
        screen.getByRole('button', { name: 'Check again' }),
      );
      expect(
        await screen.findByRole('heading', { name: 'The checks run' }),
      ).toBeInTheDocument();
    });

    it('keeps a comment that could not be sent', async () => {
      api.refuseChangesWith(await refusal(503, 'Not now'));
      await render('/publish/request-canary');
      const field = await screen.findByRole('textbox', { name: 'Comment' });
      await userEvent.type(field, 'Long words');
      await userEvent.click(screen.getByRole('button', { name: 'Comment' }));
      expect(await screen.findByRole('alert')).toHaveTextContent('Not now.');
      expect(field).toHaveValue('Long words');
    });

    it('shows the steps of the publication, with their log', async () => {
      only({
        state: 'publishing',
        steps: sampleSteps('wait-for-transfer', 'running'),
      });
      const { container } = await render('/publish/one', 'dark');
      const steps = await screen.findByRole('list', {
        name: 'Steps of the publication',
      });
      expect(
        within(steps).getByRole('list', {
          name: 'Log of “Wait for the transfer”',
        }),
      ).toHaveTextContent('Wait for the transfer: begun.');
      await userEvent.click(
        within(steps).getByRole('button', {
          name: 'Log of “Transfer the repository”',
        }),
      );
      expect(
        within(steps).getByRole('list', {
          name: 'Log of “Transfer the repository”',
        }),
      ).toBeInTheDocument();
      expect(await axe(container)).toHaveNoViolations();
    });

    it('lets its author hand over what nobody else can', async () => {
      only({
        state: 'publishing',
        steps: sampleSteps('transfer', 'running'),
        bot: { state: 'unknown', steps: [] },
        handOver: {
          login: 'jo',
          since: '2026-11-20T10:00:00Z',
          steps: ['Open the settings.', 'Choose “Transfer”.'],
          url: 'https://github.example/jo/token-auth/settings',
        },
      });
      const { container } = await render('/publish/one');
      await screen.findByRole('heading', { name: /It is your turn/ });
      expect(
        screen.getByText('Waits for jo to hand the repository over'),
      ).toBeInTheDocument();
      expect(await axe(container)).toHaveNoViolations();
      api.refuseChangesWith(
        await refusal(403, 'jo is no member of envoy-plugins'),
      );
      await userEvent.click(
        screen.getByRole('button', { name: 'Hand over now' }),
      );
      expect(await screen.findByRole('alert')).toHaveTextContent(
        'jo is no member of envoy-plugins',
      );
      api.refuseChangesWith(undefined);
      await userEvent.click(
        screen.getByRole('button', { name: 'Hand over now' }),
      );
      expect(
        await screen.findByRole('heading', {
          name: 'GitHub moves the repository',
        }),
      ).toBeInTheDocument();
      expect(api.tokens).toEqual(['of-guest', 'of-guest']);
    });

    it('leads to the plugin once it is published', async () => {
      await render('/publish/request-cors-lite');
      expect(
        await screen.findByRole('button', { name: 'Open the plugin' }),
      ).toHaveAttribute('href', '/catalog/default/envoygoplugin/token-auth');
      const stages = screen.getByRole('list', { name: 'How far it has come' });
      expect(stages).toHaveTextContent(
        'Checks, doneHand over, doneReview, donePublication, done',
      );
    });

    it('says that a request is not here, to whoever it is not for', async () => {
      await render('/publish/nothing');
      expect(
        await screen.findByText('This request is not here'),
      ).toBeInTheDocument();
    });

    it('says that it could not be shown, and tries again', async () => {
      api.failWith(await refusal(500, 'Broken'));
      await render('/publish/request-canary');
      expect(await screen.findByRole('alert')).toHaveTextContent(
        'The request could not be shown',
      );
      api.failWith(undefined);
      await userEvent.click(screen.getByRole('button', { name: 'Retry' }));
      expect(
        await screen.findByRole('heading', { name: 'Canary' }),
      ).toBeInTheDocument();
    });
  });
});
