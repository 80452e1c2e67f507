import { notFound, validationFailed } from '../server/GitHubError';
import { timestamp } from '../server/clock';
import { DeployKey, Repository } from '../state/repositoryRecords';
import { announceDeployKey } from '../webhooks/announceRepository';
import { presentDeployKey } from './present/deployKey';
import { created, noContent, ok, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

const KEY =
  /^(ssh-(?:rsa|ed25519)|ecdsa-sha2-nistp(?:256|384|521)|sk-[\w@.-]+) ([A-Za-z0-9+/]+=*)(?: .*)?$/;

/** Type and key of what somebody copied out of a file; undefined when the two contradict each other (RFC 4253 section 6.6). */
function readKey(text: string): string | undefined {
  const [, type, base64] = KEY.exec(text.trim()) ?? [];
  if (!type) {
    return undefined;
  }
  const content = Buffer.from(base64, 'base64');
  const length = content.length < 4 ? 0 : content.readUInt32BE(0);
  return content.subarray(4, 4 + length).toString() === type
    ? `${type} ${base64}`
    : undefined;
}

function requireKey(request: RestRequest): {
  repository: Repository;
  key: DeployKey;
} {
  const repository = request.administeredRepository();
  const key = request.emulator.store.collections.deployKeys.get(
    request.number('key_id'),
  );
  if (key?.repositoryId !== repository.id) {
    throw notFound();
  }
  return { repository, key };
}

function addKey(request: RestRequest) {
  const repository = request.administeredRepository();
  const { account } = request.signedIn();
  const { body, emulator } = request;
  const { deployKeys } = emulator.store.collections;
  const key = readKey(body.requiredString('key'));
  if (!key) {
    throw validationFailed({
      resource: 'PublicKey',
      code: 'custom',
      field: 'key',
      message:
        'key is invalid. You must supply a key in OpenSSH public key format',
    });
  }
  if (deployKeys.firstBy('key', key)) {
    throw validationFailed({
      resource: 'PublicKey',
      code: 'custom',
      field: 'key',
      message: 'key is already in use',
    });
  }
  const added = deployKeys.put({
    id: emulator.store.nextId(),
    repositoryId: repository.id,
    title: body.string('title') ?? '',
    key,
    readOnly: body.boolean('read_only') ?? false,
    addedById: account.id,
    createdAt: timestamp(emulator.clock()),
  });
  announceDeployKey(emulator, repository, account, added, 'created');
  return created(presentDeployKey(emulator, repository, added));
}

function removeKey(request: RestRequest) {
  const { repository, key } = requireKey(request);
  const { emulator } = request;
  emulator.store.collections.deployKeys.delete(key.id);
  announceDeployKey(
    emulator,
    repository,
    request.signedIn().account,
    key,
    'deleted',
  );
  return noContent();
}

/** SSH keys that open one repository. */
export const deployKeyRoutes: Route[] = [
  route('GET', '/repos/{owner}/{repo}/keys', request => {
    const repository = request.administeredRepository();
    return request.paged(
      request.emulator.store.collections.deployKeys.by(
        'repository',
        repository.id,
      ),
      key => presentDeployKey(request.emulator, repository, key),
    );
  }),
  route('POST', '/repos/{owner}/{repo}/keys', addKey),
  route('GET', '/repos/{owner}/{repo}/keys/{key_id}', request => {
    const { repository, key } = requireKey(request);
    return ok(presentDeployKey(request.emulator, repository, key));
  }),
  route('DELETE', '/repos/{owner}/{repo}/keys/{key_id}', removeKey),
];
