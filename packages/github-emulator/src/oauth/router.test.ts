import { createHash } from 'node:crypto';
import { setupTestEmulator } from '../__testUtils__/setupTestEmulator';

describe('signing in', () => {
  let now = new Date('2026-11-22T12:00:00Z');
  const emulator = setupTestEmulator({ clock: () => now });
  const callback = 'http://localhost:7007/api/auth/github/handler/frame';

  async function authorize(
    fields: Record<string, string>,
    login: string,
  ): Promise<URL> {
    const response = await emulator.fetch('/login/oauth/authorize', {
      method: 'POST',
      body: new URLSearchParams({ redirect_uri: callback, ...fields, login }),
    });
    expect(response.status).toBe(302);
    return new URL(response.headers.get('location') ?? '');
  }

  async function exchange(
    fields: Record<string, string>,
  ): Promise<Record<string, unknown>> {
    const response = await emulator.fetch('/login/oauth/access_token', {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams(fields),
    });
    expect(response.status).toBe(200);
    return await response.json();
  }

  const portal = { client_id: 'portal-id', client_secret: 'portal-secret' };

  it('offers the people, not the machines, as buttons', async () => {
    const response = await emulator.fetch(
      `/login/oauth/authorize?client_id=portal-id&redirect_uri=${callback}&scope=read:user%20repo&state=a%22b`,
    );
    const page = await response.text();
    expect(response.status).toBe(200);
    const offered = [...page.matchAll(/name="login" value="([^"]+)"/g)];
    expect(offered.map(([, login]) => login)).toEqual([
      'admin',
      'author',
      'contributor',
      'outsider',
    ]);
    expect(page).toContain('<code>repo</code>');
    expect(page).toContain('name="state" value="a&quot;b"');
  });

  it('hands a code to the application, and for it a token that speaks for the person', async () => {
    const target = await authorize(
      { client_id: 'portal-id', scope: 'read:user,repo', state: 'abc' },
      'author',
    );
    expect(target.origin + target.pathname).toBe(callback);
    expect(target.searchParams.get('state')).toBe('abc');
    const code = target.searchParams.get('code') ?? '';
    const token = await exchange({ ...portal, code });
    expect(token).toEqual({
      access_token: expect.stringMatching(/^gho_/),
      scope: 'read:user,repo',
      token_type: 'bearer',
    });
    const user = await emulator.fetch('/api/v3/user', {
      headers: { authorization: `Bearer ${token.access_token}` },
    });
    expect(await user.json()).toMatchObject({ login: 'author' });
    expect(user.headers.get('x-oauth-scopes')).toBe('read:user, repo');
    expect(await exchange({ ...portal, code })).toMatchObject({
      error: 'bad_verification_code',
    });
  });

  it('answers as a form unless asked for JSON', async () => {
    const target = await authorize({ client_id: 'portal-id' }, 'author');
    const response = await emulator.fetch('/login/oauth/access_token', {
      method: 'POST',
      body: new URLSearchParams({
        ...portal,
        code: target.searchParams.get('code') ?? '',
      }),
    });
    const answer = new URLSearchParams(await response.text());
    expect(answer.get('access_token')).toMatch(/^gho_/);
  });

  it('tells the application that the person said no', async () => {
    const response = await emulator.fetch('/login/oauth/authorize', {
      method: 'POST',
      body: new URLSearchParams({
        client_id: 'portal-id',
        redirect_uri: callback,
        cancel: '1',
      }),
    });
    const target = new URL(response.headers.get('location') ?? '');
    expect(target.searchParams.get('error')).toBe('access_denied');
  });

  it('refuses applications that it does not know, wrong secrets, foreign callbacks and old codes', async () => {
    const unknown = await emulator.fetch(
      `/login/oauth/authorize?client_id=<script>&redirect_uri=${callback}`,
    );
    expect(unknown.status).toBe(404);
    expect(await unknown.text()).not.toContain('<script>');
    const foreign = await emulator.fetch(
      '/login/oauth/authorize?client_id=portal-id&redirect_uri=https://evil.test/',
    );
    expect(foreign.status).toBe(400);
    const elsewhere = await emulator.fetch(
      '/login/oauth/authorize?client_id=short-id&redirect_uri=http://localhost:7007/api/authentic',
    );
    expect(elsewhere.status).toBe(400);
    for (const wrong of [
      { client_id: 'nobody', client_secret: 'x' },
      { client_id: 'portal-id', client_secret: 'x' },
      { client_id: 'portal-id', client_secret: '' },
    ]) {
      expect(await exchange({ ...wrong, code: 'x' })).toMatchObject({
        error: 'incorrect_client_credentials',
      });
    }
    const target = await authorize({ client_id: 'portal-id' }, 'author');
    now = new Date(now.getTime() + 11 * 60_000);
    expect(
      await exchange({
        ...portal,
        code: target.searchParams.get('code') ?? '',
      }),
    ).toMatchObject({ error: 'bad_verification_code' });
  });

  it('holds an application to its proof key (PKCE)', async () => {
    const challenge = createHash('sha256').update('v').digest('base64url');
    const code = async () =>
      (
        await authorize(
          { client_id: 'portal-id', code_challenge: challenge },
          'author',
        )
      ).searchParams.get('code') ?? '';
    expect(await exchange({ ...portal, code: await code() })).toMatchObject({
      error: 'bad_verification_code',
    });
    expect(
      await exchange({ ...portal, code: await code(), code_verifier: 'v' }),
    ).toMatchObject({ token_type: 'bearer' });
  });

  it('renews tokens that end', async () => {
    const short = { client_id: 'short-id', client_secret: 'short-secret' };
    const target = await authorize({ client_id: 'short-id' }, 'contributor');
    const token = await exchange({
      ...short,
      code: target.searchParams.get('code') ?? '',
    });
    expect(token).toMatchObject({
      access_token: expect.stringMatching(/^ghu_/),
      expires_in: 28800,
      refresh_token: expect.stringMatching(/^ghr_/),
    });
    const works = async (text: unknown) =>
      (
        await emulator.fetch('/api/v3/user', {
          headers: { authorization: `token ${text}` },
        })
      ).status;
    expect(await works(token.access_token)).toBe(200);
    now = new Date(now.getTime() + 8 * 3600_000);
    expect(await works(token.access_token)).toBe(401);
    const refresh = {
      ...short,
      grant_type: 'refresh_token',
      refresh_token: String(token.refresh_token),
    };
    const renewed = await exchange(refresh);
    expect(await works(renewed.access_token)).toBe(200);
    expect(await exchange(refresh)).toMatchObject({
      error: 'bad_refresh_token',
    });
  });
});
