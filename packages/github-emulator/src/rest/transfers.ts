import {
  forbidden,
  GitHubError,
  unprocessable,
  validationFailed,
} from '../server/GitHubError';
import { Account } from '../state/accountRecords';
import { presentRepository } from './present/repository';
import { RestAnswer, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

function requireNewOwner(request: RestRequest): Account {
  const login = request.body.requiredString('new_owner');
  const owner = request.emulator.accounts.find(login);
  if (!owner || owner.type === 'Bot') {
    throw unprocessable(`Could not find an account ${login}`);
  }
  return owner;
}

/** Whether whoever asks may create repositories in an account. */
function mayCreateIn(request: RestRequest, owner: Account): boolean {
  if (owner.type !== 'Organization') {
    return owner.id === request.viewer.id;
  }
  const membership = request.emulator.accounts.membership(
    owner.id,
    request.viewer.id,
  );
  return (
    request.viewer.isInstalledIn(owner.id) ||
    membership?.role === 'admin' ||
    (membership !== undefined && owner.membersCanCreateRepositories)
  );
}

function readTeams(request: RestRequest, owner: Account): number[] {
  const ids = request.body.fields.team_ids ?? [];
  return (Array.isArray(ids) ? ids : [ids]).map(id => {
    const team = request.emulator.store.collections.teams.get(Number(id));
    if (!team || team.organizationId !== owner.id) {
      throw validationFailed({
        resource: 'Repository',
        code: 'invalid',
        field: 'team_ids',
      });
    }
    return team.id;
  });
}

/** Accepts to give a repository to another owner; the answer still shows the one before. */
function transfer(request: RestRequest): RestAnswer {
  const repository = request.repository('admin');
  const { repositories, transfers } = request.emulator;
  const { account } = request.signedIn();
  const newOwner = requireNewOwner(request);
  const newName = request.body.string('new_name') ?? repository.name;
  if (newOwner.id === repository.ownerId) {
    throw unprocessable(`${newOwner.login} owns the repository already`);
  }
  const mustAccept =
    newOwner.type !== 'Organization' && newOwner.id !== request.viewer.id;
  if (!mustAccept && !mayCreateIn(request, newOwner)) {
    throw forbidden(
      `You don’t have the permission to create repositories on ${newOwner.login}`,
    );
  }
  if (repositories.find(newOwner.login, newName)) {
    throw new GitHubError(422, `${newOwner.login}/${newName} already exists`);
  }
  repositories.checkName(newOwner, newName);
  const asked = {
    repositoryId: repository.id,
    newOwnerId: newOwner.id,
    newName,
    teamIds: readTeams(request, newOwner),
    actorId: account.id,
  };
  if (mustAccept) {
    transfers.offer(asked);
  } else {
    transfers.accept(asked);
  }
  return {
    status: 202,
    body: presentRepository(request.emulator, repository, request.viewer),
  };
}

/** Giving repositories away. */
export const transferRoutes: Route[] = [
  route('POST', '/repos/{owner}/{repo}/transfer', transfer),
];
