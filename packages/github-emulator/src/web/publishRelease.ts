import { Emulator } from '../Emulator';
import { Account } from '../state/accountRecords';
import { Repository } from '../state/repositoryRecords';
import { escapeHtml } from './html';

/** What people need to publish a release, as GitHub's own pages do it. */
const SCOPES = ['repo'];

/** Publishes a release as one of the people here; who may is decided as everywhere. */
export function releaseForm(
  emulator: Emulator,
  repository: Repository,
): string {
  const people = emulator.store.collections.accounts
    .list()
    .filter(({ type, isMachine }) => type === 'User' && !isMachine)
    .map(
      ({ login }) =>
        `<button name="login" value="${escapeHtml(login)}">${escapeHtml(
          login,
        )}</button>`,
    );
  return `<section><h2>Publish a release</h2>
    <form method="post" action="/${emulator.repositories.fullName(
      repository,
    )}/releases">
      <p><label>Tag, on ${escapeHtml(
        repository.defaultBranch,
      )} <input name="tag" required placeholder="v1.0.0"></label></p>
      <p><label>Notes <textarea name="notes" rows="3" cols="60"></textarea></label></p>
      <p>Publish as ${people.join(' ')}</p>
    </form></section>`;
}

/**
 * Publishes a release through the REST API in somebody's name.
 *
 * @returns what GitHub has against it, or undefined when it is published
 */
export async function publishRelease(
  emulator: Emulator,
  repository: Repository,
  release: { account: Account; tag: string; notes: string },
): Promise<string | undefined> {
  const { account, tag, notes } = release;
  const token = emulator.oauth.createToken(account.id, SCOPES);
  try {
    const response = await fetch(
      emulator.urls.api(
        `/repos/${emulator.repositories.fullName(repository)}/releases`,
      ),
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token.token}`,
          'content-type': 'application/json',
          'user-agent': 'pages',
        },
        body: JSON.stringify({ tag_name: tag, name: tag, body: notes }),
      },
    );
    if (response.ok) {
      await response.arrayBuffer();
      return undefined;
    }
    const { message }: { message: string } = await response.json();
    return message;
  } finally {
    emulator.store.collections.tokens.delete(token.id);
  }
}
