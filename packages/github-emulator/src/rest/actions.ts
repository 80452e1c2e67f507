import { GitHubError, notFound } from '../server/GitHubError';
import { timestamp } from '../server/clock';
import { ActionsVariable } from '../state/repositoryRecords';
import { noContent, ok, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

function present(variable: ActionsVariable) {
  return {
    name: variable.name,
    value: variable.value,
    created_at: variable.createdAt,
    updated_at: variable.updatedAt,
  };
}

function variables(request: RestRequest) {
  const repository = request.repository('write');
  const { store } = request.emulator;
  return {
    repository,
    list: store.collections.variables.by('repository', repository.id),
    find: (name: string) =>
      store.collections.variables
        .by('repository', repository.id)
        .find(variable => variable.name === name.toUpperCase()),
  };
}

function createVariable(request: RestRequest) {
  const { repository, find } = variables(request);
  const name = request.body.requiredString('name').toUpperCase();
  const { store, clock } = request.emulator;
  if (find(name)) {
    throw new GitHubError(409, 'Already exists - Variable already exists');
  }
  const now = timestamp(clock());
  store.collections.variables.put({
    id: store.nextId(),
    repositoryId: repository.id,
    name,
    value: request.body.requiredString('value'),
    createdAt: now,
    updatedAt: now,
  });
  return { status: 201, body: {} };
}

function requireVariable(request: RestRequest): ActionsVariable {
  const variable = variables(request).find(request.params.name);
  if (!variable) {
    throw notFound();
  }
  return variable;
}

function changeVariable(request: RestRequest) {
  const variable = requireVariable(request);
  const { body, emulator } = request;
  const name = body.string('name')?.toUpperCase() ?? variable.name;
  const holder = variables(request).find(name);
  if (holder && holder.id !== variable.id) {
    throw new GitHubError(409, 'Already exists - Variable already exists');
  }
  emulator.store.collections.variables.update(variable.id, {
    name,
    value: body.string('value') ?? variable.value,
    updatedAt: timestamp(emulator.clock()),
  });
  return noContent();
}

/** Settings and variables of workflows; none are run here. */
export const actionsRoutes: Route[] = [
  route('GET', '/repos/{owner}/{repo}/actions/permissions/access', request =>
    ok({ access_level: request.repository('admin').workflowAccess }),
  ),
  route('PUT', '/repos/{owner}/{repo}/actions/permissions/access', request => {
    const repository = request.repository('admin');
    const workflowAccess = request.body.oneOf('access_level', [
      'none',
      'user',
      'organization',
    ]);
    request.emulator.repositories.update(repository, {
      workflowAccess: workflowAccess ?? repository.workflowAccess,
    });
    return noContent();
  }),
  route('GET', '/repos/{owner}/{repo}/actions/variables', request => {
    const { list } = variables(request);
    return ok({ total_count: list.length, variables: list.map(present) });
  }),
  route('POST', '/repos/{owner}/{repo}/actions/variables', createVariable),
  route('GET', '/repos/{owner}/{repo}/actions/variables/{name}', request =>
    ok(present(requireVariable(request))),
  ),
  route(
    'PATCH',
    '/repos/{owner}/{repo}/actions/variables/{name}',
    changeVariable,
  ),
  route('DELETE', '/repos/{owner}/{repo}/actions/variables/{name}', request => {
    request.emulator.store.collections.variables.delete(
      requireVariable(request).id,
    );
    return noContent();
  }),
];
