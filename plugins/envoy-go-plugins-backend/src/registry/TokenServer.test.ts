import { generateKeyPairSync, KeyObject, X509Certificate } from 'node:crypto';
import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { X509CertificateGenerator } from '@peculiar/x509';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import {
  BACKEND,
  NOTIFICATION_SECRET,
  portalToken,
  startTokenPortal,
  type TokenPortal,
} from './__testUtils__/startTokenPortal';
import { DatabaseTokenKeys } from './DatabaseTokenKeys';
import { readRegistryConfig } from './readRegistryConfig';
import { createTokenKey, readTokenKey } from './TokenKey';
import { TokenServer } from './TokenServer';

jest.setTimeout(60_000);

const SERVICE = 'registry.example.com';

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

describe('the token server', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
  let portal: TokenPortal;

  beforeAll(async () => {
    portal = await startTokenPortal(await databases.init('SQLITE_3'), {
      notificationSecret: NOTIFICATION_SECRET,
      tokenServer: {
        issuer: 'portal',
        service: SERVICE,
        path: 'plugins',
        ...BACKEND,
      },
    });
  });

  afterAll(() => portal?.stop());

  async function ask(
    scopes: string[],
    options: { authorization?: string; service?: string } = {},
  ): Promise<Response> {
    const query = new URLSearchParams([
      ['service', options.service ?? SERVICE],
      ...scopes.map(scope => ['scope', scope]),
    ]);
    return fetch(`${portal.url}/registry/token?${query}`, {
      headers: options.authorization
        ? { authorization: options.authorization }
        : {},
    });
  }

  /** What somebody is allowed, of what they asked for. */
  async function allowed(scopes: string[], authorization?: string) {
    const answer = await ask(scopes, { authorization });
    expect(answer.status).toBe(200);
    const { token } = await answer.json();
    const certificate = new X509Certificate(
      await (await fetch(`${portal.url}/registry/certificates`)).text(),
    );
    const { payload } = await jwtVerify(token, certificate.publicKey, {
      issuer: 'portal',
      audience: SERVICE,
    });
    return payload;
  }

  it('signs by the certificate that it gives out, for five minutes', async () => {
    const answer = await ask([]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const body = await answer.json();
    expect(body).toEqual({
      token: body.token,
      access_token: body.token,
      expires_in: 300,
      issued_at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const pem = await (
      await fetch(`${portal.url}/registry/certificates`)
    ).text();
    const certificate = new X509Certificate(pem);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(decodeProtectedHeader(body.token)).toEqual({
      typ: 'JWT',
      alg: 'ES256',
      kid: expect.stringMatching(/^([A-Z2-7]{4}:){11}[A-Z2-7]{4}$/),
      x5c: [certificate.raw.toString('base64')],
    });
    const { iat = 0, exp = 0, ...claims } = await allowed([]);
    expect(exp - iat).toBe(300);
    expect(claims).toMatchObject({ sub: '', access: [] });
  });

  it.each([
    // Everybody pulls what is public, and nothing else
    [undefined, 'repository:plugins/header-auth:pull', ['pull']],
    [undefined, 'repository:plugins/header-auth:pull,push,delete', ['pull']],
    [undefined, 'repository:plugins/header-auth:*', ['pull']],
    [undefined, 'repository:plugins/header-auth:push', undefined],
    [undefined, 'repository:plugins/header-auth:', undefined],
    [undefined, 'repository:plugins/secret-auth:pull', undefined],
    [undefined, 'repository:plugins/new-auth:pull', undefined],
    [undefined, 'repository:plugins/unknown:pull', undefined],
    [undefined, 'repository:plugins/header_auth:pull', undefined],
    [undefined, 'repository:header-auth:pull', undefined],
    [undefined, 'repository:pluginsheader-auth:pull', undefined],
    [undefined, 'repository:plugins/../header-auth:pull', undefined],
    [undefined, 'repository:plugins/header-auth/more:pull', undefined],
    [undefined, 'registry:catalog:*', undefined],
    // People with the portal's token pull what they see
    ['reader', 'repository:plugins/secret-auth:pull,push', ['pull']],
    ['stranger', 'repository:plugins/secret-auth:pull', undefined],
    ['stranger', 'repository:plugins/header-auth:pull,delete', ['pull']],
    // The backend does everything with its own images
    [
      'backend',
      'repository:plugins/unknown:delete,push,pull',
      ['pull', 'push', 'delete'],
    ],
    ['backend', 'repository:plugins/unknown:*', ['pull', 'push', 'delete']],
    ['backend', 'repository(plugin):plugins/a:push', ['push']],
    ['backend', 'repository:elsewhere/a:push', undefined],
    ['backend', 'registry:catalog:*', undefined],
  ])('allows %s, who asks for %s: %p', async (who, scope, actions) => {
    const authorization =
      who === 'backend'
        ? basic(BACKEND.username, BACKEND.password)
        : who && basic('anything', portalToken(who));
    const { access, sub } = await allowed([scope], authorization);
    const [, name] = scope.split(':');
    expect(access).toEqual(
      actions ? [{ type: 'repository', name, actions }] : [],
    );
    expect(sub).toBe(
      { backend: 'portal', undefined: '' }[`${who}`] ?? `user:default/${who}`,
    );
  });

  it('answers for several scopes at once', async () => {
    const { access } = await allowed([
      'repository:plugins/header-auth:pull repository:plugins/secret-auth:pull',
      'repository:plugins/header-auth:push,pull',
    ]);
    expect(access).toEqual([
      { type: 'repository', name: 'plugins/header-auth', actions: ['pull'] },
      { type: 'repository', name: 'plugins/header-auth', actions: ['pull'] },
    ]);
  });

  it.each([
    ['for another registry', [], { service: 'elsewhere' }, 400],
    ['of no form', ['everything'], {}, 400],
    ['with a wildcard', ['repository:plugins/%:pull'], {}, 400],
    ['with a newline', ['repository:plugins/a\nb:pull'], {}, 400],
    ['with strange letters', ['repository:plugins/ä:pull'], {}, 400],
    ['with a huge name', [`repository:${'a'.repeat(300)}:pull`], {}, 400],
    ['with many actions', [`repository:a:${'pull,'.repeat(20)}pull`], {}, 400],
    ['of many scopes', Array(21).fill('repository:a:pull'), {}, 400],
    ['with Basic of no form', [], { authorization: 'Basic !!!' }, 400],
    ['with Basic without colon', [], { authorization: 'Basic YWJj' }, 400],
    ['with Basic of nothing', [], { authorization: 'Basic' }, 400],
    ['with NUL in it', [], { authorization: basic('a\0', 'b') }, 400],
    ['of another kind', [], { authorization: 'Bearer abc' }, 401],
    ['with a guess', [], { authorization: basic('portal', 'guess') }, 401],
    ['with no password', [], { authorization: basic('portal', '') }, 401],
    [
      'with the password of another name',
      [],
      { authorization: basic('admin', BACKEND.password) },
      401,
    ],
  ])('refuses a request %s', async (_what, scopes, options, status) => {
    const answer = await ask(scopes, options);
    expect(answer.status).toBe(status);
    const text = await answer.text();
    expect(JSON.parse(text).error.message).toMatch(/[a-z]/);
    expect(text).not.toContain(BACKEND.password);
    expect(answer.headers.has('www-authenticate')).toBe(status === 401);
  });

  it('says that it wants GET', async () => {
    const answer = await fetch(`${portal.url}/registry/token`, {
      method: 'POST',
      body: 'grant_type=password',
    });
    expect(answer.status).toBe(405);
  });
});

describe('the key of tokens', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

  it.each(databases.eachSupportedId())(
    'is the same for all backends on %p',
    async databaseId => {
      const db = await databases.init(databaseId);
      await db.migrate.latest({ directory: `${__dirname}/../../migrations` });
      const now = () => new Date();
      const keys = await Promise.all(
        [1, 2, 3].map(() => new DatabaseTokenKeys({ db, now }).get('portal')),
      );
      expect(new Set(keys.map(key => key.certificate)).size).toBe(1);
      const later = await new DatabaseTokenKeys({ db, now }).get('portal');
      expect(later.certificate).toBe(keys[0].certificate);
    },
  );

  it('may be RSA', async () => {
    const algorithm = {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      publicExponent: new Uint8Array([1, 0, 1]),
      modulusLength: 2048,
    };
    const pair = await globalThis.crypto.subtle.generateKey(algorithm, true, [
      'sign',
      'verify',
    ]);
    const certificate = await X509CertificateGenerator.createSelfSigned(
      { name: 'CN=own', signingAlgorithm: algorithm, keys: pair },
      globalThis.crypto,
    );
    const key = readTokenKey({
      privateKey: KeyObject.from(pair.privateKey)
        .export({ type: 'pkcs8', format: 'pem' })
        .toString(),
      certificate: certificate.toString('pem'),
    });
    const server = new TokenServer({
      config: { issuer: 'portal', service: SERVICE, path: '', ...BACKEND },
      key: async () => key,
      readers: { mayPull: async () => false, nameOf: async () => '' },
      now: () => new Date(),
    });
    const { token } = await server.issue({ service: SERVICE, scopes: [] });
    await expect(
      jwtVerify(token, new X509Certificate(key.certificate).publicKey),
    ).resolves.toMatchObject({ protectedHeader: { alg: 'RS256' } });
  });

  it('must be that of the certificate', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const own = await createTokenKey('portal', new Date());
    expect(() =>
      readTokenKey({
        privateKey: privateKey
          .export({ type: 'pkcs8', format: 'pem' })
          .toString(),
        certificate: own.certificate,
      }),
    ).toThrow('certificate is of another key than privateKey');
  });

  it.each([
    [{ privateKey: 'none' }, 'privateKey is no private key in PEM'],
    [{ certificate: 'none' }, 'certificate is no certificate in PEM'],
    [
      {
        privateKey: generateKeyPairSync('ed25519')
          .privateKey.export({ type: 'pkcs8', format: 'pem' })
          .toString(),
      },
      'of a kind that registries do not know',
    ],
  ])('is refused where it is none', async (changes, message) => {
    const own = await createTokenKey('portal', new Date());
    expect(() => readTokenKey({ ...own, ...changes })).toThrow(message);
  });
});

describe('readRegistryConfig', () => {
  const read = (registry: object) =>
    readRegistryConfig(
      mockServices.rootConfig({ data: { envoyGoPlugins: { registry } } }),
    );
  const repository = 'localhost:5000/plugins';

  it('knows the registry by its host', () => {
    expect(read({ repository, ...BACKEND, tokenServer: {} })).toEqual({
      tokenServer: {
        issuer: 'envoy-go-plugins',
        service: 'localhost:5000',
        path: 'plugins',
        ...BACKEND,
      },
    });
    expect(read({ repository })).toEqual({});
  });

  it.each([
    [{ tokenServer: {} }, 'there is no username and password'],
    [
      { tokenServer: {}, username: 'a', password: 'short' },
      'it has 5 characters',
    ],
    [
      { tokenServer: { privateKey: 'k' }, ...BACKEND },
      'only one of privateKey and certificate',
    ],
    [{ notifications: { secret: 'short' } }, 'it has 5 characters'],
  ])('refuses %p', (settings, message) => {
    expect(() => read({ repository, ...settings })).toThrow(message);
  });
});
