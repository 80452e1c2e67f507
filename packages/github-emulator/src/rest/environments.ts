import { JsonObject } from '@backstage/types';
import { GitHubError, notFound } from '../server/GitHubError';
import { timestamp } from '../server/clock';
import { nodeId } from '../state/nodeId';
import { Environment, Repository } from '../state/repositoryRecords';
import { noContent, ok, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

function present(
  request: RestRequest,
  repository: Repository,
  environment: Environment,
): JsonObject {
  const { repositories, urls } = request.emulator;
  const fullName = repositories.fullName(repository);
  const { id, name, waitTimer } = environment;
  return {
    id,
    node_id: nodeId('Environment', id),
    name,
    url: urls.api(
      `/repos/${fullName}/environments/${encodeURIComponent(name)}`,
    ),
    html_url: urls.page(
      `/${fullName}/deployments/activity_log?environments_filter=${encodeURIComponent(
        name,
      )}`,
    ),
    created_at: environment.createdAt,
    updated_at: environment.updatedAt,
    protection_rules:
      waitTimer > 0
        ? [
            {
              id,
              node_id: nodeId('EnvironmentGate', id),
              type: 'wait_timer',
              wait_timer: waitTimer,
            },
          ]
        : [],
    deployment_branch_policy: null,
  };
}

function list(request: RestRequest, repository: Repository): Environment[] {
  return request.emulator.store.collections.environments.by(
    'repository',
    repository.id,
  );
}

function find(
  request: RestRequest,
  repository: Repository,
): Environment | undefined {
  const name = request.params.environment_name.toLowerCase();
  return list(request, repository).find(
    environment => environment.name.toLowerCase() === name,
  );
}

function putEnvironment(request: RestRequest) {
  const repository = request.repository('admin');
  const { body, emulator } = request;
  const before = find(request, repository);
  for (const field of ['reviewers', 'deployment_branch_policy']) {
    if (body.has(field)) {
      throw new GitHubError(
        501,
        `GitHub emulator: ${field} of environments are not implemented; leave them out`,
      );
    }
  }
  const now = timestamp(emulator.clock());
  const environment = emulator.store.collections.environments.put({
    id: before?.id ?? emulator.store.nextId(),
    repositoryId: repository.id,
    name: before?.name ?? request.params.environment_name,
    waitTimer: body.number('wait_timer') ?? 0,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  });
  return ok(present(request, repository, environment));
}

/** Where workflows deploy to: names and timers only. */
export const environmentRoutes: Route[] = [
  route('GET', '/repos/{owner}/{repo}/environments', request => {
    const repository = request.repository();
    return request.pagedWithin(
      'environments',
      list(request, repository),
      environment => present(request, repository, environment),
    );
  }),
  route(
    'GET',
    '/repos/{owner}/{repo}/environments/{environment_name}',
    request => {
      const repository = request.repository();
      const environment = find(request, repository);
      if (!environment) {
        throw notFound();
      }
      return ok(present(request, repository, environment));
    },
  ),
  route(
    'PUT',
    '/repos/{owner}/{repo}/environments/{environment_name}',
    putEnvironment,
  ),
  route(
    'DELETE',
    '/repos/{owner}/{repo}/environments/{environment_name}',
    request => {
      const environment = find(request, request.repository('admin'));
      if (!environment) {
        throw notFound();
      }
      request.emulator.store.collections.environments.delete(environment.id);
      return noContent();
    },
  ),
];
