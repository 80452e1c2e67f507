import { ConflictError } from '@backstage/errors';
import type { PublishSource } from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import { headOf } from '../findRepository';
import { GitHubPublishSource } from '../GitHubPublishSource';
import {
  type ModulePathChange,
  planModulePath,
  readModules,
  rewriteGoImports,
  rewriteGoMod,
} from '../modulePath';
import type { PublishStepContext, PublishStepRun } from './PublishStepContext';

/**
 * Gives the Go module the path of where the repository is now, in go.mod and in the imports
 * of it, by a commit on top of the reviewed one.
 *
 * It is committed to the default branch, and before that is protected, rather than proposed:
 * nobody has to decide about it, for it follows from the transfer that was approved; and as
 * long as a proposal is open, neither `go get` nor a bundle could take in the plugin, and a
 * release would be one of a module that nobody finds. The commit can be one thing only, made
 * of the reviewed commit: what else stands there is refused.
 */
export const rewriteModule: PublishStepRun = async context => {
  const { request, github, target, notes, note, log } = context;
  const { git } = github.rest;
  const source = await GitHubPublishSource.open({
    github,
    ...target,
    url: request.repositoryUrl,
    commit: request.commit,
  });
  const goMod = (await source.read('go.mod'))?.toString('utf8');
  const [owner, repo] = request.repository.split('/');
  const plan = goMod
    ? planModulePath({
        host: request.host,
        repository: { owner, repo },
        target,
        goMod,
      })
    : undefined;
  if (plan?.kind !== 'rewrite') {
    await log(
      plan?.kind === 'right'
        ? `The module's path is ${plan.path} already`
        : 'Left the Go module as it is: its path is not that of where the repository was',
    );
    return;
  }
  const changed = await rewrittenFiles(source, plan);
  const { data: base } = await git.getCommit({
    ...target,
    commit_sha: request.commit,
  });
  // GitHub answers with the same tree for the same files
  const { data: tree } = await git.createTree({
    ...target,
    base_tree: base.tree.sha,
    tree: changed,
  });
  const head = await headOf(github, { ...target, branch: request.branch });
  if (head !== request.commit) {
    await requireOwnCommit(context, head, tree.sha);
    await note({ ...notes, commit: head });
    await log(`The branch "${request.branch}" has the commit ${head} already`);
    return;
  }
  const { data: commit } = await git.createCommit({
    ...target,
    message: `Be the module ${plan.to}\n\nThe repository was transferred from ${request.repository}.`,
    tree: tree.sha,
    parents: [request.commit],
  });
  await git.updateRef({
    ...target,
    ref: `heads/${request.branch}`,
    sha: commit.sha,
    force: false,
  });
  await note({ ...notes, commit: commit.sha });
  await log(
    `Committed ${commit.sha.slice(0, 12)}: the module is ${plan.to} now, in ${
      changed.length
    } ${changed.length === 1 ? 'file' : 'files'}`,
  );
};

type TreeFile = {
  path: string;
  mode: '100644' | '100755';
  type: 'blob';
  content: string;
};

async function rewrittenFiles(
  source: PublishSource,
  plan: { path: string; to: string },
): Promise<TreeFile[]> {
  const files = source.files.filter(
    ({ path, mode }) =>
      mode.startsWith('100') && !path.split('/').includes('vendor'),
  );
  const read = async (path: string) =>
    (await source.read(path))?.toString('utf8') ?? '';
  const goMods = files.filter(({ path }) => nameOf(path) === 'go.mod');
  const change: ModulePathChange = {
    from: plan.path,
    to: plan.to,
    ...readModules(await Promise.all(goMods.map(({ path }) => read(path)))),
  };
  const changed: TreeFile[] = [];
  for (const { path, mode } of files) {
    const isGoMod = nameOf(path) === 'go.mod';
    if (isGoMod || path.endsWith('.go')) {
      const before = await read(path);
      const after = isGoMod
        ? rewriteGoMod(before, change)
        : rewriteGoImports(before, change);
      if (after !== before) {
        changed.push({
          path,
          mode: mode === '100755' ? mode : '100644',
          type: 'blob',
          content: after,
        });
      }
    }
  }
  return changed;
}

/** @throws ConflictError when a commit is not the one that this step makes */
async function requireOwnCommit(
  { request, github, target }: PublishStepContext,
  head: string,
  tree: string,
): Promise<void> {
  const { data } = await github.rest.git.getCommit({
    ...target,
    commit_sha: head,
  });
  const isOwn =
    data.tree.sha === tree &&
    data.parents.length === 1 &&
    data.parents[0].sha === request.commit;
  if (!isOwn) {
    throw new ConflictError(
      `Somebody pushed to "${request.branch}" of ${target.owner}/${
        target.repo
      } while it was transferred: it ends with ${head.slice(
        0,
        12,
      )}, but ${request.commit.slice(
        0,
        12,
      )} was reviewed. Put it back and try again`,
    );
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
