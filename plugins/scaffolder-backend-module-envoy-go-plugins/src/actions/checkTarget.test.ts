import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { JsonValue } from '@backstage/types';
import { gitHubIntegration } from '../__testUtils__/gitHubIntegration';
import { inputOfExample } from '../__testUtils__/inputOfExample';
import { runAction } from '../__testUtils__/runAction';
import {
  SCOPES,
  startGitHub,
  type TestGitHub,
} from '../__testUtils__/startGitHub';
import { createCheckTargetAction } from './checkTarget';
import { examples } from './checkTarget.examples';

type Input = {
  name: string;
  repoUrl: string;
  modulePath?: string;
  configFields?: JsonValue[];
  token?: string;
};

describe('envoy-go-plugins:check-target', () => {
  let github: TestGitHub;
  let author: string;

  beforeAll(async () => {
    github = await startGitHub();
    author = await github.createToken('author', SCOPES);
  });

  afterAll(async () => {
    await github.close();
  });

  const run = (input: Partial<Input>) =>
    runAction(
      createCheckTargetAction({
        ...gitHubIntegration(github),
        catalog: catalogServiceMock({
          entities: [
            {
              apiVersion: 'envoygo.dev/v1alpha1',
              kind: 'EnvoyGoPlugin',
              metadata: { name: 'token-auth', namespace: 'default' },
            },
          ],
        }),
      }),
      {
        input: {
          name: 'geo-fence',
          repoUrl: 'github.com?owner=acme&repo=geo-fence',
          ...input,
        },
      },
    );

  describe.each(examples)('$description', example => {
    it('derives the Go names, and creates nothing', async () => {
      const input = inputOfExample<Input>(
        example,
        'envoy-go-plugins:check-target',
      );
      await expect(run({ ...input, token: author })).resolves.toEqual({
        goPackage: 'geofence',
        modulePath: input.modulePath ?? 'github.com/acme/geo-fence',
        statName: 'geo_fence',
        projectSlug: 'acme/geo-fence',
        repositoryUrl: expect.stringMatching(
          /:\/\/github.com\/acme\/geo-fence$/,
        ),
        exampleConfig: input.configFields ? { countries: ['example'] } : {},
        checkedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      });
      expect(github.hasRepository('acme/geo-fence')).toBe(false);
    });
  });

  it('asks with the credentials of the portal when there is no user', async () => {
    await expect(run({})).resolves.toMatchObject({
      projectSlug: 'acme/geo-fence',
    });
  });

  it('lets people create repositories of their own', async () => {
    await expect(
      run({ repoUrl: 'github.com?owner=Author&repo=x', token: author }),
    ).resolves.toMatchObject({ projectSlug: 'Author/x' });
  });

  it.each<[Partial<Input>, string]>([
    [{ name: 'func' }, 'which is a keyword of Go'],
    [{ name: 'Geo' }, 'must begin with a letter from a to z'],
    [
      { name: 'token-auth' },
      'The name is taken: the catalog already has a plugin "token-auth". Choose another name.',
    ],
    [
      { repoUrl: 'github.com?owner=acme&repo=taken' },
      '/acme/taken. Choose another name.',
    ],
    [{ modulePath: 'acme/geo fence' }, '"acme/geo fence" is no Go module path'],
    [
      {
        configFields: [
          { name: 'a', type: 'string' },
          { name: 'b', type: 'text' },
        ],
      },
      'Configuration field 2: The type must be one of string, integer',
    ],
    [
      { repoUrl: 'github.com?owner=nobody&repo=x' },
      'There is no organisation or account "nobody" on github.com; choose another one.',
    ],
    [
      { repoUrl: 'github.com?owner=contributor&repo=x' },
      'You (author) may not create a repository for "contributor" on github.com; choose your own account or an organisation.',
    ],
    [
      { repoUrl: 'gitlab.com?owner=acme&repo=x' },
      'The portal knows no GitHub at "gitlab.com"',
    ],
    [
      { repoUrl: 'github.com?repo=x' },
      'Say where the repository goes: choose an organisation or account, and a name.',
    ],
    [
      { repoUrl: 'github.com?owner=..&repo=user' },
      '".." cannot be a name on GitHub; use letters, digits, "-", "_" and "." in it.',
    ],
  ])('refuses %j', async (input, sentence) => {
    await expect(run({ token: author, ...input })).rejects.toThrow(sentence);
  });

  it('refuses somebody who is no member of the organisation', async () => {
    const token = await github.createToken('contributor', SCOPES);
    await expect(run({ token })).rejects.toThrow(
      'You (contributor) may not create a repository in the organisation "acme" on github.com: you are not a member. Choose your own account, or ask one of its owners.',
    );
  });

  it('refuses a member where only owners may create repositories', async () => {
    const repoUrl = 'github.com?owner=strict&repo=x';
    await expect(run({ token: author, repoUrl })).rejects.toThrow(
      'its members may not create repositories',
    );
    const token = await github.createToken('admin', SCOPES);
    await expect(run({ token, repoUrl })).resolves.toMatchObject({
      projectSlug: 'strict/x',
    });
  });

  it('refuses a sign-in with which the push would fail', async () => {
    const token = await github.createToken('author', ['repo', 'read:org']);
    await expect(run({ token })).rejects.toThrow(
      'Your sign-in to github.com does not allow the portal to push a repository with a workflow (missing: workflow); sign in again from the form and agree to it.',
    );
  });

  it('asks GitHub nothing that GitHub does not know', () => {
    expect(github.violations()).toEqual([]);
    expect(github.requests().filter(({ status }) => status === 501)).toEqual(
      [],
    );
  });
});
