import { NotFoundError } from '@backstage/errors';
import type { PublishStepContext, PublishStepRun } from './PublishStepContext';

const PATH = '.github/workflows/envoy-go-plugin.yaml';
const BRANCH = 'envoy-go-plugins/workflow';

/** Runs what the portal runs for a release, for each pull request. */
const WORKFLOW = `name: Envoy Go plugin
on:
  pull_request:
  push:
    branches: ['**']
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-go@v5
        with:
          go-version-file: go.mod
      - run: go vet ./...
      - run: go test ./...
`;

/** Proposes a workflow by a pull request, as everybody has to. */
export const proposeWorkflow: PublishStepRun = async context => {
  const { request, github, target, notes, log } = context;
  if (await exists(context, request.branch)) {
    await log(`The branch "${request.branch}" has ${PATH} already`);
    return;
  }
  const { git, repos, pulls } = github.rest;
  try {
    await git.getRef({ ...target, ref: `heads/${BRANCH}` });
  } catch (error) {
    if (!(error instanceof NotFoundError)) {
      throw error;
    }
    await git.createRef({
      ...target,
      ref: `refs/heads/${BRANCH}`,
      sha: notes.commit ?? request.commit,
    });
    await log(`Made the branch ${BRANCH}`);
  }
  if (!(await exists(context, BRANCH))) {
    await repos.createOrUpdateFileContents({
      ...target,
      path: PATH,
      branch: BRANCH,
      message: 'Vet and test each change',
      content: Buffer.from(WORKFLOW).toString('base64'),
    });
    await log(`Committed ${PATH}`);
  }
  const { data: open } = await pulls.list({
    ...target,
    state: 'all',
    head: `${target.owner}:${BRANCH}`,
  });
  if (open.length > 0) {
    await log(`It is proposed by ${open[0].html_url} already`);
    return;
  }
  const { data: pull } = await pulls.create({
    ...target,
    title: 'Vet and test each change',
    head: BRANCH,
    base: request.branch,
    body: 'Proposed by the portal when the plugin was published.',
  });
  await log(`Proposed it by ${pull.html_url}`);
};

async function exists(
  { github, target }: PublishStepContext,
  ref: string,
): Promise<boolean> {
  try {
    await github.rest.repos.getContent({
      ...target,
      path: PATH,
      ref,
    });
    return true;
  } catch (error) {
    if (error instanceof NotFoundError) {
      return false;
    }
    throw error;
  }
}
