import { Emulator } from '../Emulator';
import { Viewer } from '../server/Viewer';
import { Account, Team } from '../state/accountRecords';
import { escapeHtml, htmlPage } from './html';

/** Everybody who is here. */
export function accountsPage(emulator: Emulator): string {
  const items = emulator.store.collections.accounts
    .list()
    .map(
      account =>
        `<li><a href="/${account.login}">${escapeHtml(
          account.login,
        )}</a> ${escapeHtml(account.name ?? '')}</li>`,
    );
  return htmlPage(
    'Accounts',
    `<h1>GitHub on this machine</h1><ul>${items.join('')}</ul>`,
  );
}

/** A person or an organisation with their repositories. */
export function accountPage(
  emulator: Emulator,
  account: Account,
  viewer: Viewer,
): string {
  const items = emulator.repositories
    .ownedBy(account)
    .filter(repository => emulator.repositories.isVisible(repository, viewer))
    .map(
      repository =>
        `<li><a href="/${account.login}/${repository.name}">${escapeHtml(
          repository.name,
        )}</a> ${escapeHtml(repository.description ?? '')}</li>`,
    );
  return htmlPage(
    account.login,
    `<h1>${escapeHtml(account.name ?? account.login)}</h1>
    <p>${escapeHtml(account.description ?? account.bio ?? '')}</p>
    <ul>${items.join('')}</ul>${offersTo(emulator, account)}`,
  );
}

/** What GitHub sends by mail: the repositories that somebody has to accept. */
function offersTo(emulator: Emulator, account: Account): string {
  const items = emulator.transfers
    .offers()
    .filter(({ newOwnerId }) => newOwnerId === account.id)
    .map(({ id, repositoryId }) => {
      const repository =
        emulator.store.collections.repositories.get(repositoryId);
      return repository
        ? `<li>${escapeHtml(emulator.repositories.fullName(repository))}
          <form method="post" action="/_transfers/${id}/accept"><button>Accept</button></form></li>`
        : '';
    });
  return items.length === 0
    ? ''
    : `<h2>Offered to ${escapeHtml(account.login)}</h2><ul>${items.join(
        '',
      )}</ul>`;
}

/** A team with its members. */
export function teamPage(emulator: Emulator, team: Team): string {
  const items = emulator.accounts
    .teamMembers(team)
    .map(
      member =>
        `<li><a href="/${member.login}">${escapeHtml(member.login)}</a></li>`,
    );
  return htmlPage(
    team.name,
    `<h1>${escapeHtml(team.name)}</h1>
    <p>${escapeHtml(team.description ?? '')}</p><ul>${items.join('')}</ul>`,
  );
}
