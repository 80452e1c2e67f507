import { NotFoundError } from '@backstage/errors';
import type { Octokit } from '@octokit/rest';
import { editDescription } from '../description/editDescription';
import { findRepository, headOf } from '../../publishing';
import { descriptionEditOf } from './descriptionEdit';
import type {
  ManagementStepContext,
  ManagementStepRun,
} from './ManagementStepContext';

/** The names of the branches on which changes of descriptions are proposed begin so. */
const BRANCHES = 'envoy-go-plugins/';

/**
 * Proposes the change of the description by a pull request. A commit would be less work, but
 * a pull request keeps what was changed, by whom and why in one place, has the repository's
 * own checks run, and can be merged by people where GitHub does not let the portal do so.
 *
 * @returns its number; `undefined` where the description says all that already
 */
export async function proposeDescription(
  context: Omit<ManagementStepContext, 'startedAt'>,
): Promise<number | undefined> {
  const { operation, github, notes, note, log } = context;
  const { plugin, parameters, reason, title } = operation;
  const at = await findRepository(github, operation.repositoryId);
  const { owner, repo, defaultBranch } = at;
  const path = parameters.descriptionPath ?? 'catalog-info.yaml';
  const edit = (text: string) =>
    editDescription(text, plugin.name, descriptionEditOf(operation));
  const file = { owner, repo, path };

  const present = await readText(github, { ...file, ref: defaultBranch });
  if (edit(present.text) === present.text) {
    await log(`${path} says so already`);
    await note({ ...notes, pull: undefined });
    return undefined;
  }
  const branch = branchOf(operation, notes.proposals ?? 0);
  const known = await findPull(github, { owner, repo, branch });
  if (known !== undefined) {
    await note({ ...notes, pull: known });
    await log(`It is proposed by #${known} already`);
    return known;
  }
  try {
    await headOf(github, { owner, repo, branch });
  } catch (error) {
    if (!(error instanceof NotFoundError)) {
      throw error;
    }
    await github.rest.git.createRef({
      owner,
      repo,
      ref: `refs/heads/${branch}`,
      sha: await headOf(github, { owner, repo, branch: defaultBranch }),
    });
    await log(`Made the branch ${branch}`);
  }
  const there = await readText(github, { ...file, ref: branch });
  const edited = edit(there.text);
  if (edited !== there.text) {
    await github.rest.repos.createOrUpdateFileContents({
      ...file,
      branch,
      sha: there.sha,
      message: `${title}\n\n${reason}`,
      content: Buffer.from(edited).toString('base64'),
    });
    await log(`Changed ${path} there`);
  }
  const { data: pull } = await github.rest.pulls.create({
    owner,
    repo,
    title,
    head: branch,
    base: defaultBranch,
    body: `${reason}\n\nAsked for by ${operation.by} in the portal.`,
  });
  await note({ ...notes, pull: pull.number });
  await log(`Proposed it by ${pull.html_url}`);
  return pull.number;
}

/** See {@link proposeDescription}. */
export const propose: ManagementStepRun = async context => {
  await proposeDescription(context);
};

/** Each proposal has a branch of its own. */
export function branchOf(
  operation: { id: string; action: string },
  proposals: number,
): string {
  return `${BRANCHES}${operation.action}-${operation.id.slice(0, 8)}${
    proposals === 0 ? '' : `-${proposals + 1}`
  }`;
}

async function readText(
  github: Octokit,
  file: { owner: string; repo: string; path: string; ref: string },
): Promise<{ text: string; sha: string }> {
  const { data } = await github.rest.repos.getContent(file);
  if (Array.isArray(data) || data.type !== 'file' || !('content' in data)) {
    throw new NotFoundError(
      `${file.path} of ${file.owner}/${file.repo} is no file`,
    );
  }
  return {
    text: Buffer.from(data.content, 'base64').toString('utf8'),
    sha: data.sha,
  };
}

async function findPull(
  github: Octokit,
  where: { owner: string; repo: string; branch: string },
): Promise<number | undefined> {
  const { owner, repo, branch } = where;
  const { data } = await github.rest.pulls.list({
    owner,
    repo,
    state: 'all',
    head: `${owner}:${branch}`,
  });
  return data[0]?.number;
}
