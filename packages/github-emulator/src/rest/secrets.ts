import { generateKeyPairSync } from 'node:crypto';
import { GitHubError, notFound, unprocessable } from '../server/GitHubError';
import { timestamp } from '../server/clock';
import { ActionsSecret, SecretKey } from '../state/repositoryRecords';
import { noContent, ok, RestAnswer, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

/** How many bytes a sealed box is longer than what is in it (https://doc.libsodium.org/public-key_cryptography/sealed_boxes). */
const SEAL_BYTES = 48;
const MOST_BYTES = 48 * 1024;

function present(secret: ActionsSecret) {
  return {
    name: secret.name,
    created_at: secret.createdAt,
    updated_at: secret.updatedAt,
  };
}

function list(request: RestRequest): ActionsSecret[] {
  return request.emulator.store.collections.secrets.by(
    'repository',
    request.repository('write').id,
  );
}

function find(request: RestRequest): ActionsSecret | undefined {
  const name = request.params.secret_name.toUpperCase();
  return list(request).find(secret => secret.name === name);
}

function requireSecret(request: RestRequest): ActionsSecret {
  const secret = find(request);
  if (!secret) {
    throw notFound();
  }
  return secret;
}

/** The key that secrets of a repository are sealed with, made when somebody first asks. */
function secretKey(request: RestRequest): SecretKey {
  const { store } = request.emulator;
  const { id } = request.repository();
  request.signedIn();
  const before = store.collections.secretKeys.get(id);
  if (before) {
    return before;
  }
  const { x = '' } = generateKeyPairSync('x25519').publicKey.export({
    format: 'jwk',
  });
  return store.collections.secretKeys.put({
    id,
    keyId: String(store.nextId()),
    key: Buffer.from(x, 'base64url').toString('base64'),
  });
}

/** Takes a sealed secret. Only its name is kept. */
function putSecret(request: RestRequest): RestAnswer {
  const before = find(request);
  const { body, emulator } = request;
  const name = request.params.secret_name.toUpperCase();
  if (!/^[A-Z_][A-Z0-9_]*$/.test(name) || name.startsWith('GITHUB_')) {
    throw unprocessable(
      'Secret names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_). Must not start with GITHUB_.',
    );
  }
  if (body.requiredString('key_id') !== secretKey(request).keyId) {
    throw new GitHubError(422, 'Public key ID is invalid');
  }
  const text = body.requiredString('encrypted_value');
  const sealed = Buffer.from(text, 'base64');
  if (sealed.toString('base64') !== text || sealed.length < SEAL_BYTES) {
    throw new GitHubError(422, 'Bad request - value is not a sealed box');
  }
  if (sealed.length > MOST_BYTES + SEAL_BYTES) {
    throw new GitHubError(422, 'Secret values can be at most 48 KB');
  }
  const now = timestamp(emulator.clock());
  emulator.store.collections.secrets.put({
    id: before?.id ?? emulator.store.nextId(),
    repositoryId: request.repository('write').id,
    name,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  });
  return before ? noContent() : { status: 201, body: {} };
}

/** Secrets of workflows; nobody can read them here. */
export const secretRoutes: Route[] = [
  route('GET', '/repos/{owner}/{repo}/actions/secrets', request =>
    request.pagedWithin('secrets', list(request), present),
  ),
  route('GET', '/repos/{owner}/{repo}/actions/secrets/public-key', request => {
    const { keyId, key } = secretKey(request);
    return ok({ key_id: keyId, key });
  }),
  route('GET', '/repos/{owner}/{repo}/actions/secrets/{secret_name}', request =>
    ok(present(requireSecret(request))),
  ),
  route(
    'PUT',
    '/repos/{owner}/{repo}/actions/secrets/{secret_name}',
    putSecret,
  ),
  route(
    'DELETE',
    '/repos/{owner}/{repo}/actions/secrets/{secret_name}',
    request => {
      request.emulator.store.collections.secrets.delete(
        requireSecret(request).id,
      );
      return noContent();
    },
  ),
];
