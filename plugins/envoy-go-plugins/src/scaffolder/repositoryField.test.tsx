import { TestApiRegistry, mockApis } from '@backstage/test-utils';
import {
  ScmIntegrationsApi,
  scmAuthApiRef,
  scmIntegrationsApiRef,
} from '@backstage/integration-react';
import { parseRepoUrl } from './checkRepositoryTarget';
import { validateRepositoryField } from './repositoryField';

const integrations = ScmIntegrationsApi.fromConfig(
  mockApis.config({
    data: {
      integrations: {
        github: [
          { host: 'github.example', apiBaseUrl: 'https://github.example/api' },
        ],
      },
    },
  }),
);

/** GitHub as one member of one organisation sees it. */
function gitHub(answers: Record<string, object>): typeof fetch {
  return async input => {
    const path = new URL(String(input)).pathname.replace('/api', '');
    const answer = answers[path];
    return new Response(JSON.stringify(answer ?? { message: 'Not Found' }), {
      status: answer ? 200 : 404,
    });
  };
}

const ann = {
  '/user': { login: 'ann' },
  '/orgs/acme': { login: 'acme', members_can_create_repositories: true },
  '/orgs/closed': { login: 'closed', members_can_create_repositories: false },
  '/orgs/other': { login: 'other' },
  '/user/memberships/orgs/acme': { role: 'member' },
  '/user/memberships/orgs/closed': { role: 'member' },
  '/repos/acme/taken': { name: 'taken' },
};

async function errorsOf(
  repoUrl: string | undefined,
  options: { token?: string; fetch?: typeof fetch } = {},
) {
  const { token = 'a-token', fetch = gitHub(ann) } = options;
  const errors: string[] = [];
  await validateRepositoryField(
    repoUrl,
    { addError: message => errors.push(message) },
    {
      apiHolder: TestApiRegistry.from(
        [scmIntegrationsApiRef, integrations],
        [
          scmAuthApiRef,
          {
            getCredentials: async () => ({
              token,
              headers: { authorization: `Bearer ${token}` },
            }),
          },
        ],
      ),
    },
    fetch,
  );
  return errors;
}

describe('validateRepositoryField', () => {
  it.each([
    'github.example?owner=acme&repo=free',
    'github.example?owner=Ann&repo=free',
  ])('takes a place where one can create: %s', async repoUrl => {
    expect(await errorsOf(repoUrl)).toEqual([]);
  });

  it.each([
    [undefined, 'Choose where the repository is to be made.'],
    [
      'github.example?repo=x',
      'Choose an owner: an organisation, or your own account.',
    ],
    ['github.example?owner=acme', 'Give the repository a name.'],
    [
      'github.example?owner=acme&repo=taken',
      'There is already a repository acme/taken; choose another name.',
    ],
    [
      'github.example?owner=other&repo=free',
      'You, ann, are not a member of other and cannot create repositories there; ask its owners, or choose your own account.',
    ],
    [
      'github.example?owner=closed&repo=free',
      'Members of closed may not create repositories; ask its owners, or choose your own account.',
    ],
    [
      'github.example?owner=nobody&repo=free',
      'There is no organisation nobody that you, ann, can see; choose one of yours, or your own account.',
    ],
  ])('says of %s in one sentence: %s', async (repoUrl, sentence) => {
    expect(await errorsOf(repoUrl)).toEqual([sentence]);
  });

  it.each([
    ['without a token', { token: '' }],
    [
      'without an answer',
      {
        fetch: async () => {
          throw new TypeError('Failed to fetch');
        },
      },
    ],
    [
      'with a GitHub in trouble',
      { fetch: async () => new Response('', { status: 503 }) },
    ],
  ])('claims nothing %s', async (_, options) => {
    expect(
      await errorsOf('github.example?owner=other&repo=taken', options),
    ).toEqual([]);
  });

  it('asks no host that is not configured', async () => {
    const fetch = jest.fn();
    expect(
      await errorsOf('elsewhere.example?owner=a&repo=b', { fetch }),
    ).toEqual([]);
    expect(fetch).not.toHaveBeenCalled();
  });
});

describe('parseRepoUrl', () => {
  it('bears anything', () => {
    expect(parseRepoUrl('')).toEqual({});
    expect(parseRepoUrl('[')).toEqual({});
    expect(parseRepoUrl('h.example?owner=a%2Fb&repo=c')).toEqual({
      host: 'h.example',
      owner: 'a/b',
      repository: 'c',
    });
  });
});
