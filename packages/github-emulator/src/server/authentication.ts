import { IncomingMessage } from 'node:http';
import {
  isJsonWebToken,
  issuerOf,
  verifyJsonWebToken,
} from '../apps/jsonWebToken';
import { GitHubApp } from '../state/appRecords';
import { Emulator } from '../Emulator';
import { GitHubError } from './GitHubError';
import { Viewer } from './Viewer';

/**
 * Tells who sends a request, from `Authorization: Bearer …`, `token …`, or basic authentication with a token as the password.
 *
 * @throws GitHubError 401 when a token is given that is not known or has ended
 */
export function authenticate(
  emulator: Emulator,
  request: IncomingMessage,
): Viewer {
  const address = request.socket.remoteAddress ?? 'unknown';
  const { authorization } = request.headers;
  if (!authorization) {
    return new Viewer({ address });
  }
  const text = tokenIn(authorization);
  if (text !== undefined && isJsonWebToken(text)) {
    return new Viewer({ app: authenticateApp(emulator, text), address });
  }
  const acting = text === undefined ? undefined : emulator.apps.findToken(text);
  if (acting) {
    if (acting.installation.suspendedAt !== undefined) {
      throw new GitHubError(403, 'This installation has been suspended');
    }
    const { botId } = emulator.apps.get(acting.installation.appId);
    return new Viewer({
      account: emulator.accounts.get(botId),
      installation: acting,
      address,
    });
  }
  const token = text === undefined ? undefined : emulator.oauth.find(text);
  const account =
    token && emulator.store.collections.accounts.get(token.userId);
  if (!account) {
    throw new GitHubError(401, 'Bad credentials');
  }
  return new Viewer({ account, token, address });
}

function authenticateApp(emulator: Emulator, token: string): GitHubApp {
  const app = emulator.apps.byIssuer(issuerOf(token));
  if (!app) {
    throw new GitHubError(404, 'Integration not found');
  }
  verifyJsonWebToken(
    token,
    app.publicKey,
    Math.floor(emulator.clock().getTime() / 1000),
  );
  return app;
}

function tokenIn(authorization: string): string | undefined {
  const [scheme, value = ''] = authorization.split(/ +/, 2);
  switch (scheme.toLowerCase()) {
    case 'bearer':
    case 'token':
      return value;
    case 'basic': {
      const [user, ...password] = Buffer.from(value, 'base64')
        .toString()
        .split(':');
      // A token may also be given as the user, without a password.
      return password.join(':') || user;
    }
    default:
      return undefined;
  }
}
