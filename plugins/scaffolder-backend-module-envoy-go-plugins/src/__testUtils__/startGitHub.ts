import {
  type GitHubEmulator,
  type SeedRepository,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the repository picker asks GitHub for, with the scope that the templates add. */
export const SCOPES = ['repo', 'read:org', 'read:user', 'workflow'];

/** A GitHub for one test file. */
export interface TestGitHub extends GitHubEmulator {
  /** The token of the portal itself. */
  portalToken: string;
  /** Whether there is such a repository, `owner/name`. */
  hasRepository(slug: string): boolean;
}

/**
 * Starts a GitHub with the organisation `acme`, in which `author` may create repositories, and
 * the organisation `strict`, in which only its owner `admin` may; `contributor` is in neither.
 */
export async function startGitHub(
  repositories: SeedRepository[] = [],
): Promise<TestGitHub> {
  const stateDir = await mkdtemp(join(tmpdir(), 'envoy-go-github-'));
  const github = await startGitHubEmulator({
    stateDir,
    validate: 'record',
    seed: {
      accounts: [
        { login: 'admin', name: 'Ada Admin', email: 'admin@acme.example' },
        {
          login: 'author',
          name: 'Arthur Author',
          email: 'author@acme.example',
        },
        { login: 'contributor', email: 'contributor@acme.example' },
        { login: 'portal', email: 'portal@acme.example' },
      ],
      organizations: [
        {
          login: 'acme',
          owners: ['admin', 'portal'],
          members: ['author'],
          membersCanCreateRepositories: true,
        },
        {
          login: 'strict',
          owners: ['admin'],
          members: ['author'],
          membersCanCreateRepositories: false,
        },
      ],
      repositories: [
        {
          owner: 'acme',
          name: 'taken',
          author: 'admin',
          files: { 'README.md': '# Taken\n' },
        },
        ...repositories,
      ],
    },
  });
  const portalToken = await github.createToken('portal');
  return {
    ...github,
    portalToken,
    hasRepository: slug => {
      const [owner, name] = slug.split('/');
      return github.state.repositories.find(owner, name) !== undefined;
    },
    close: async () => {
      await github.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
