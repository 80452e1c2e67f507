import { mockServices } from '@backstage/backend-test-utils';
import { Octokit } from '@octokit/rest';
import { gitHubIntegration } from '../__testUtils__/gitHubIntegration';
import { inputOfExample } from '../__testUtils__/inputOfExample';
import { runAction } from '../__testUtils__/runAction';
import {
  SCOPES,
  startGitHub,
  type TestGitHub,
} from '../__testUtils__/startGitHub';
import { createTidyUpAction } from './tidyUp';
import { examples } from './tidyUp.examples';

type Input = { repoUrl: string; notBefore: string; token?: string };

describe('envoy-go-plugins:tidy-up', () => {
  const logger = mockServices.logger.mock();
  let github: TestGitHub;
  let author: string;
  let octokit: Octokit;

  beforeAll(async () => {
    github = await startGitHub();
    author = await github.createToken('author', SCOPES);
    octokit = new Octokit({ auth: author, baseUrl: github.apiBaseUrl });
  });

  beforeEach(() => {
    jest.clearAllMocks();
  });

  afterAll(async () => {
    await github.close();
  });

  const create = (name: string, filled = false) =>
    octokit.rest.repos.createInOrg({ org: 'acme', name, auto_init: filled });

  const run = (input: Input, portalToken?: string) =>
    runAction(
      createTidyUpAction({
        ...gitHubIntegration(github, { token: portalToken }),
        appBaseUrl: 'http://localhost:3000',
      }),
      { input, logger },
    );

  describe.each(examples)('$description', example => {
    it('removes an empty repository', async () => {
      await create('geo-fence');
      const input = inputOfExample<Input>(example, 'envoy-go-plugins:tidy-up');
      await expect(
        run({ ...input, notBefore: new Date().toISOString() }),
      ).resolves.toEqual({ outcome: 'removed' });
      expect(github.hasRepository('acme/geo-fence')).toBe(false);
    });
  });

  it('uses the credentials of the portal where those of the user do not suffice', async () => {
    await create('empty');
    await expect(
      run({
        repoUrl: 'github.com?owner=acme&repo=empty',
        notBefore: new Date().toISOString(),
        token: author,
      }),
    ).resolves.toEqual({ outcome: 'removed' });
    expect(github.hasRepository('acme/empty')).toBe(false);
  });

  it('says what to remove when nobody may', async () => {
    await create('stuck');
    await expect(
      run(
        {
          repoUrl: 'github.com?owner=acme&repo=stuck',
          notBefore: new Date().toISOString(),
          token: author,
        },
        author,
      ),
    ).resolves.toEqual({ outcome: 'empty' });
    expect(github.hasRepository('acme/stuck')).toBe(true);
    expect(logger.warn).toHaveBeenCalledWith(
      expect.stringMatching(
        /^The repository \S+\/acme\/stuck was created but is empty, and GitHub does not let the portal remove it; delete it at \S+\/acme\/stuck\/settings before you try again\.$/,
      ),
    );
  });

  it('keeps a repository that has a commit, and says how to finish', async () => {
    await create('complete', true);
    await expect(
      run({
        repoUrl: 'github.com?owner=acme&repo=complete',
        notBefore: new Date().toISOString(),
        token: author,
      }),
    ).resolves.toEqual({ outcome: 'complete' });
    expect(github.hasRepository('acme/complete')).toBe(true);
    expect(logger.warn).toHaveBeenCalledWith(
      expect.stringMatching(
        /register it at http:\/\/localhost:3000\/catalog-import with \S+\/acme\/complete\/blob\/main\/catalog-info\.yaml$/,
      ),
    );
  });

  it('does not touch what was there before the task', async () => {
    await create('older');
    await expect(
      run({
        repoUrl: 'github.com?owner=acme&repo=older',
        notBefore: new Date(Date.now() + 3600_000).toISOString(),
      }),
    ).resolves.toEqual({ outcome: 'nothing' });
    await expect(
      run({
        repoUrl: 'github.com?owner=acme&repo=older',
        notBefore: 'some day',
      }),
    ).resolves.toEqual({ outcome: 'nothing' });
    expect(github.hasRepository('acme/older')).toBe(true);
  });

  it('has nothing to do when there is no repository', async () => {
    await expect(
      run({
        repoUrl: 'github.com?owner=acme&repo=never',
        notBefore: new Date().toISOString(),
      }),
    ).resolves.toEqual({ outcome: 'nothing' });
  });
});
