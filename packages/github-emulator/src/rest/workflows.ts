import { JsonObject } from '@backstage/types';
import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { notFound } from '../server/GitHubError';
import { encodePath } from '../server/Urls';
import { nodeId } from '../state/nodeId';
import { Repository } from '../state/repositoryRecords';
import { ok, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

const FOLDER = '.github/workflows';
const BASE = '/repos/{owner}/{repo}/actions/workflows';

/** The name in a workflow file, or its path where there is none. */
function nameIn(content: string, path: string): string {
  try {
    const name: unknown = Reflect.get(Object(parse(content)), 'name');
    return typeof name === 'string' ? name : path;
  } catch {
    // A file that is no YAML is listed as well.
    return path;
  }
}

/** A number that stays the same for a file of a repository. */
function workflowId(repository: Repository, path: string): number {
  return createHash('sha256')
    .update(`${repository.id}:${path}`)
    .digest()
    .readUInt32BE(0);
}

/** The workflow files of the default branch, `workflow`. */
async function listWorkflows(
  request: RestRequest,
  repository: Repository,
): Promise<Array<JsonObject & { id: number; path: string }>> {
  const { repositories, urls } = request.emulator;
  const git = repositories.git(repository);
  const commit = await git.resolveCommit(`heads/${repository.defaultBranch}`);
  const folder = commit && (await git.entryAt(commit, FOLDER));
  const files =
    folder && folder.type === 'tree' ? await git.listTree(folder.sha) : [];
  const fullName = repositories.fullName(repository);
  const workflows = [];
  for (const file of files.filter(
    ({ type, path }) => type === 'blob' && /\.ya?ml$/.test(path),
  )) {
    const path = `${FOLDER}/${file.path}`;
    const id = workflowId(repository, path);
    const content = (await git.readBlob(file.sha)).toString();
    const page = `/${fullName}/blob/${repository.defaultBranch}/`;
    workflows.push({
      id,
      node_id: nodeId('Workflow', id),
      name: nameIn(content, path),
      path,
      state: 'active',
      created_at: repository.createdAt,
      updated_at: repository.pushedAt ?? repository.createdAt,
      url: urls.api(`/repos/${fullName}/actions/workflows/${id}`),
      html_url: urls.page(`${page}${encodePath(path)}`),
      badge_url: urls.page(
        `/${fullName}/workflows/${encodeURIComponent(
          nameIn(content, path),
        )}/badge.svg`,
      ),
    });
  }
  return workflows;
}

/** Workflow files; none are run here. */
export const workflowRoutes: Route[] = [
  route('GET', BASE, async request => {
    const repository = request.repository();
    return await request.pagedWithin(
      'workflows',
      await listWorkflows(request, repository),
      workflow => workflow,
    );
  }),
  route('GET', `${BASE}/{workflow_id}`, async request => {
    const repository = request.repository();
    const wanted = request.params.workflow_id;
    const found = (await listWorkflows(request, repository)).find(
      ({ id, path }) => String(id) === wanted || path === `${FOLDER}/${wanted}`,
    );
    if (!found) {
      throw notFound();
    }
    return ok(found);
  }),
];
