import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import type {
  ScmAuthApi,
  ScmAuthTokenOptions,
} from '@backstage/integration-react';
import { AboutCard } from '../about';
import {
  InMemoryEnvoyGoPluginsApi,
  InMemorySignals,
  samplePlugins,
} from '../__testUtils__';
import { renderWithApi } from '../__testUtils__/renderWithApi';

const TOKEN = 'of-the-reader';
const locator = { namespace: 'default', name: 'token-auth' };

/** Hands out the reader's token once they have let it, as the portal's sign-in does. */
class Consent implements ScmAuthApi {
  readonly asked: ScmAuthTokenOptions[] = [];
  constructor(private readonly answer: { refuse?: Error } = {}) {}

  async getCredentials(options: ScmAuthTokenOptions) {
    this.asked.push(options);
    if (this.answer.refuse) {
      throw this.answer.refuse;
    }
    return { token: TOKEN, headers: {} };
  }
}

describe('the star of a plugin', () => {
  const [tokenAuth] = samplePlugins();
  const { entity } = tokenAuth.details;
  let api: InMemoryEnvoyGoPluginsApi;

  beforeEach(() => {
    api = new InMemoryEnvoyGoPluginsApi({ plugins: samplePlugins() });
  });

  const render = (
    scmAuth: ScmAuthApi | undefined,
    more: Partial<Parameters<typeof renderWithApi>[1]> = {},
  ) => renderWithApi(<AboutCard />, { api, entity, scmAuth, ...more });

  it('is given with one click, shown at once, and taken back with another', async () => {
    const consent = new Consent();
    const { container } = await render(consent);
    const star = await screen.findByRole('button', { name: 'Star 42 stars' });
    expect(star).toHaveAttribute('aria-pressed', 'false');
    const release = api.hold();
    await userEvent.click(star);
    expect(
      await screen.findByRole('button', { name: 'Starred 43 stars' }),
    ).toHaveAttribute('aria-pressed', 'true');
    await act(async () => release());
    expect(consent.asked).toEqual([
      {
        url: 'https://github.example/envoy-plugins/token-auth',
        additionalScope: { customScopes: { github: ['public_repo'] } },
      },
    ]);
    await waitFor(async () => expect(await api.isStarred(locator)).toBe(true));
    expect(api.tokens).toEqual([TOKEN]);
    expect(await axe(container)).toHaveNoViolations();

    const given = await screen.findByRole('button', { name: /^Starred/ });
    await waitFor(() =>
      expect(given).toHaveAttribute('aria-disabled', 'false'),
    );
    await userEvent.click(given);
    expect(
      await screen.findByRole('button', { name: /^Star 4\d stars/ }),
    ).toBeInTheDocument();
    await waitFor(async () => expect(await api.isStarred(locator)).toBe(false));
  });

  it('counts as GitHub does once it told', async () => {
    const signals = new InMemorySignals();
    await render(new Consent(), { signals });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Star 42 stars' }),
    );
    await screen.findByRole('button', { name: 'Starred 43 stars' });
    api.change(locator, plugin => ({
      ...plugin,
      details: { ...plugin.details, stars: 44 },
    }));
    await act(async () =>
      signals.send({
        type: 'plugin-changed',
        entityRef: 'envoygoplugin:default/token-auth',
        parts: ['summary', 'repository'],
      }),
    );
    expect(
      await screen.findByRole('button', { name: 'Starred 44 stars' }),
    ).toBeInTheDocument();
  });

  it('shows that the reader gave one already, without asking them for anything', async () => {
    api.change(locator, plugin => ({ ...plugin, starred: true }));
    const consent = new Consent();
    await render(consent);
    expect(
      await screen.findByRole('button', { name: 'Starred 42 stars' }),
    ).toBeInTheDocument();
    expect(consent.asked).toEqual([]);
    expect(api.tokens).toEqual([]);
  });

  it('follows what the reader does on GitHub itself', async () => {
    const signals = new InMemorySignals();
    await render(new Consent(), { signals });
    await screen.findByRole('button', { name: 'Star 42 stars' });
    api.change(locator, plugin => ({ ...plugin, starred: true }));
    await act(async () =>
      signals.send({
        type: 'plugin-changed',
        entityRef: 'envoygoplugin:default/token-auth',
        parts: ['repository'],
      }),
    );
    expect(
      await screen.findByRole('button', { name: 'Starred 42 stars' }),
    ).toBeInTheDocument();
  });

  it('can be given where it is not known whether the reader gave one', async () => {
    api.change(locator, plugin => ({ ...plugin, starred: undefined }));
    await render(new Consent());
    await userEvent.click(
      await screen.findByRole('button', { name: 'Star 42 stars' }),
    );
    await waitFor(async () => expect(await api.isStarred(locator)).toBe(true));
  });

  it('is as it was when the reader refuses, and says why', async () => {
    await render(
      new Consent({ refuse: new Error('Login failed, popup was closed') }),
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Star 42 stars' }),
    );
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'Your star on GitHub is as it was. Login failed, popup was closed.',
    );
    expect(
      screen.getByRole('button', { name: 'Star 42 stars' }),
    ).toHaveAttribute('aria-pressed', 'false');
  });

  it('is as it was when GitHub refuses', async () => {
    await render(new Consent());
    const star = await screen.findByRole('button', { name: 'Star 42 stars' });
    api.failWith(new Error('GitHub’s budget is used up until 14:00'));
    await userEvent.click(star);
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'GitHub’s budget is used up until 14:00.',
    );
    expect(
      screen.getByRole('button', { name: 'Star 42 stars' }),
    ).toBeInTheDocument();
  });

  it('is not offered to guests, who see how many there are', async () => {
    const consent = new Consent();
    await render(consent, { mayRegister: false });
    expect(await screen.findByText('Stars')).toBeInTheDocument();
    await screen.findByText(/v1\.4\.0/);
    expect(
      screen.queryByRole('button', { name: /^Star/ }),
    ).not.toBeInTheDocument();
    expect(consent.asked).toEqual([]);
  });

  it('is not offered where nobody hands out tokens', async () => {
    await render(undefined);
    await screen.findByText(/v1\.4\.0/);
    expect(
      screen.queryByRole('button', { name: /^Star/ }),
    ).not.toBeInTheDocument();
  });
});
