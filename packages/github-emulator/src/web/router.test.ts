import { setupTestEmulator } from '../__testUtils__/setupTestEmulator';

describe('web pages', () => {
  const emulator = setupTestEmulator();
  const page = async (place: string) => {
    const response = await emulator.fetch(place);
    return { status: response.status, text: await response.text() };
  };

  it.each([
    ['/', 'envoy-plugins'],
    ['/envoy-plugins', 'token-auth'],
    ['/author', 'Amir Author'],
    ['/orgs/envoy-plugins/teams/gateway', 'contributor'],
    ['/envoy-plugins/token-auth', '# Token auth'],
    ['/envoy-plugins/token-auth/tree/main/cmd', 'envoy-module'],
    ['/envoy-plugins/token-auth/blob/v1.0.0/filter.go', 'package tokenauth'],
    [
      '/envoy-plugins/token-auth/blob/contributor/docs/docs/tokens.md',
      'Tokens',
    ],
    ['/envoy-plugins/token-auth/issues', 'Read the secret from a file'],
    ['/envoy-plugins/token-auth/issues/1', 'Good idea.'],
    ['/envoy-plugins/token-auth/pulls', 'Explain tokens'],
    ['/envoy-plugins/token-auth/pull/3', 'Explain tokens'],
    ['/envoy-plugins/token-auth/releases', 'For good.'],
    ['/envoy-plugins/token-auth/releases/tag/v0.9.0', 'To try.'],
    ['/envoy-plugins/token-auth/commit/main', 'Release v1.0.0'],
    ['/envoy-plugins/token-auth/issues/new', 'New issue'],
  ])('shows %s', async (place, text) => {
    const shown = await page(place);
    expect(shown.status).toBe(200);
    expect(shown.text).toContain(text);
    expect(shown.text).toMatch(/<html lang="en">[\s\S]*<h1>/);
  });

  it.each([
    '/nobody',
    '/author/secret-plans',
    '/envoy-plugins/nothing',
    '/envoy-plugins/token-auth/blob/main/none',
    '/envoy-plugins/token-auth/blob/main/..%2f..%2fetc%2fpasswd',
    '/envoy-plugins/token-auth/raw/main/../../config',
    '/envoy-plugins/token-auth/issues/99',
    '/envoy-plugins/token-auth/releases/tag/none',
    '/orgs/envoy-plugins/teams/none',
    '/avatars/1',
    '/no/such/page/at/all',
  ])('answers 404 at %s', async place => {
    expect((await page(place)).status).toBe(404);
  });

  it('publishes a release as whoever may, and says why somebody may not', async () => {
    const publish = async (login: string, tag: string) => {
      const response = await emulator.fetch(
        '/envoy-plugins/token-auth/releases',
        {
          method: 'POST',
          body: new URLSearchParams({ login, tag, notes: 'From the page' }),
        },
      );
      return { status: response.status, text: await response.text() };
    };
    const tokens =
      emulator.running.state.store.collections.tokens.list().length;
    await expect(publish('author', 'v7.0.0')).resolves.toMatchObject({
      status: 303,
    });
    expect((await page('/envoy-plugins/token-auth/releases')).text).toContain(
      'From the page',
    );
    await expect(publish('author', 'v7.0.0')).resolves.toMatchObject({
      status: 422,
      text: expect.stringContaining('Not published'),
    });
    await expect(publish('nobody', 'v7.0.1')).resolves.toMatchObject({
      status: 404,
    });
    expect(emulator.running.state.store.collections.tokens.list()).toHaveLength(
      tokens,
    );
  });

  it('shows what people wrote as text', async () => {
    const { discussions, repositories, accounts } = emulator.running.state;
    const plugin = repositories.find('envoy-plugins', 'token-auth');
    const author = accounts.find('author');
    if (!plugin || !author) {
      throw new Error('The seed has both');
    }
    const issue = discussions.open(plugin, {
      title: '<script>alert(1)</script>',
      body: '"><img src=x onerror=alert(1)>',
      authorId: author.id,
    });
    const { text } = await page(
      `/envoy-plugins/token-auth/issues/${issue.number}`,
    );
    expect(text).not.toContain('<script>alert');
    expect(text).not.toContain('<img src=x');
  });

  it('draws a picture for every account', async () => {
    const id = emulator.running.state.accounts.find('admin')?.id;
    const response = await emulator.fetch(`/avatars/${id}`);
    expect(response.headers.get('content-type')).toContain('image/svg+xml');
    expect(await response.text()).toContain('>A</text>');
  });
});
