import { createHash, timingSafeEqual } from 'node:crypto';
import { json, Request, Response, urlencoded } from 'express';
import Router from 'express-promise-router';
import { Emulator } from '../Emulator';
import { AccessToken, OAuthApplication } from '../state/credentialRecords';
import { escapeHtml, htmlPage } from '../web/html';
import { authorizePage } from './authorizePage';

const REDIRECT_MISMATCH =
  'The redirect_uri MUST match the registered callback URL for this application.';
const DOCUMENTATION =
  'https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps';

/** GitHub's web application flow (https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps). */
export function createOAuthRouter(emulator: Emulator) {
  const router = Router();
  router.use(urlencoded({ extended: false }), json());

  router.get('/login/oauth/authorize', (request, response) => {
    const asked = readAuthorization(emulator, request.query, response);
    if (!asked) {
      return;
    }
    const people = emulator.store.collections.accounts
      .list()
      .filter(account => account.type === 'User' && !account.isMachine);
    const { login, ...fields } = asked.fields;
    response.send(
      authorizePage({
        ...asked,
        fields,
        accounts: people.filter(account => !login || account.login === login),
      }),
    );
  });

  router.post('/login/oauth/authorize', async (request, response) => {
    const asked = readAuthorization(emulator, request.body, response);
    if (!asked) {
      return;
    }
    const { application, redirectUri, scopes, fields } = asked;
    const target = new URL(redirectUri);
    if (fields.state) {
      target.searchParams.set('state', fields.state);
    }
    const account = emulator.accounts.find(fields.login ?? '');
    if (account?.type === 'User' && !text(request.body.cancel)) {
      const { code } = emulator.oauth.createCode({
        clientId: application.clientId,
        userId: account.id,
        scopes,
        redirectUri,
        codeChallenge: fields.code_challenge,
      });
      target.searchParams.set('code', code);
    } else {
      target.searchParams.set('error', 'access_denied');
      target.searchParams.set(
        'error_description',
        'The user has denied your application access.',
      );
    }
    await emulator.store.saved();
    response.redirect(302, target.toString());
  });

  router.post('/login/oauth/access_token', async (request, response) => {
    const answer = exchange(emulator, {
      ...stringFields(request.query),
      ...stringFields(request.body),
      ...basicCredentials(request),
    });
    await emulator.store.saved();
    const form = 'application/x-www-form-urlencoded';
    if (request.accepts([form, 'application/json']) === 'application/json') {
      response.json(answer);
    } else {
      response
        .type(`${form}; charset=utf-8`)
        .send(new URLSearchParams(stringFields(answer)).toString());
    }
  });

  return router;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function stringFields(values: object | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values ?? {})
      .filter(([, value]) => ['string', 'number'].includes(typeof value))
      .map(([name, value]) => [name, String(value)]),
  );
}

function basicCredentials(request: Request): Record<string, string> {
  const [scheme, value] = (request.headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() !== 'basic') {
    return {};
  }
  const [id, secret] = Buffer.from(value ?? '', 'base64')
    .toString()
    .split(':');
  return { client_id: id, client_secret: secret ?? '' };
}

/** Whether an application may send people to an address. */
function isAllowedRedirect(
  application: OAuthApplication,
  redirectUri: string,
): boolean {
  if (!URL.canParse(redirectUri)) {
    return false;
  }
  const target = new URL(redirectUri);
  if (!application.callbackUrl) {
    return ['localhost', '127.0.0.1', '[::1]'].includes(target.hostname);
  }
  const registered = new URL(application.callbackUrl);
  return (
    target.origin === registered.origin &&
    `${target.pathname}/`.startsWith(
      `${registered.pathname.replace(/\/$/, '')}/`,
    )
  );
}

function readAuthorization(
  emulator: Emulator,
  values: object,
  response: Response,
) {
  const fields = stringFields(values);
  const application = emulator.oauth.application(fields.client_id ?? '');
  if (!application) {
    response
      .status(404)
      .send(
        htmlPage(
          'Not found',
          `<h1>Not found</h1><p>No application has the client id <code>${escapeHtml(
            fields.client_id ?? '',
          )}</code>. Register it in the seed of the emulator.</p>`,
        ),
      );
    return undefined;
  }
  const redirectUri = fields.redirect_uri ?? application.callbackUrl ?? '';
  if (!isAllowedRedirect(application, redirectUri)) {
    response
      .status(400)
      .send(
        htmlPage(
          'Redirect mismatch',
          `<h1>Redirect mismatch</h1><p>${REDIRECT_MISMATCH}</p>`,
        ),
      );
    return undefined;
  }
  const known = [
    'client_id',
    'redirect_uri',
    'scope',
    'state',
    'login',
    'code_challenge',
    'code_challenge_method',
  ];
  return {
    application,
    redirectUri,
    scopes: (fields.scope ?? '').split(/[\s,]+/).filter(Boolean),
    fields: Object.fromEntries(
      Object.entries(fields).filter(([name]) => known.includes(name)),
    ),
  };
}

function refuse(error: string, description: string) {
  return {
    error,
    error_description: description,
    error_uri: DOCUMENTATION,
  };
}

function isSame(a: string, b: string): boolean {
  const hash = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(hash(a), hash(b));
}

/** Exchanges a code or a refresh token for a token. GitHub answers 200 whatever comes of it. */
function exchange(
  emulator: Emulator,
  fields: Record<string, string>,
): Record<string, string | number> {
  const application = emulator.oauth.application(fields.client_id ?? '');
  if (
    !application ||
    !isSame(application.clientSecret, fields.client_secret ?? '')
  ) {
    return refuse(
      'incorrect_client_credentials',
      'The client_id and/or client_secret passed are incorrect.',
    );
  }
  if (fields.grant_type === 'refresh_token') {
    const token = emulator.oauth.refresh(
      application,
      fields.refresh_token ?? '',
    );
    return token
      ? describeToken(emulator, token)
      : refuse(
          'bad_refresh_token',
          'The refresh token passed is incorrect or expired.',
        );
  }
  const code = emulator.oauth.takeCode(fields.code ?? '');
  if (!code || code.clientId !== application.clientId) {
    return refuse(
      'bad_verification_code',
      'The code passed is incorrect or expired.',
    );
  }
  if (fields.redirect_uri && fields.redirect_uri !== code.redirectUri) {
    return refuse('redirect_uri_mismatch', REDIRECT_MISMATCH);
  }
  if (
    code.codeChallenge &&
    createHash('sha256')
      .update(fields.code_verifier ?? '')
      .digest('base64url') !== code.codeChallenge
  ) {
    return refuse(
      'bad_verification_code',
      'The code_verifier does not match the code_challenge.',
    );
  }
  return describeToken(
    emulator,
    emulator.oauth.createApplicationToken(
      application,
      code.userId,
      code.scopes,
    ),
  );
}

function describeToken(emulator: Emulator, token: AccessToken) {
  return {
    access_token: token.token,
    ...(token.expiresAt &&
      token.refreshToken &&
      token.refreshTokenExpiresAt && {
        expires_in: emulator.oauth.secondsUntil(token.expiresAt),
        refresh_token: token.refreshToken,
        refresh_token_expires_in: emulator.oauth.secondsUntil(
          token.refreshTokenExpiresAt,
        ),
      }),
    scope: token.scopes.join(','),
    token_type: 'bearer',
  };
}
