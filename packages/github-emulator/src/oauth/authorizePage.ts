import { Account } from '../state/accountRecords';
import { OAuthApplication } from '../state/credentialRecords';
import { escapeHtml, htmlPage } from '../web/html';

/** What the page needs to know to let somebody choose an account. */
export interface AuthorizePageInput {
  application: OAuthApplication;
  accounts: Account[];
  scopes: string[];
  /** What the form sends along with the chosen account. */
  fields: Record<string, string>;
}

/** The page on which people choose who they are, in place of a password. */
export function authorizePage(input: AuthorizePageInput): string {
  const hidden = Object.entries(input.fields)
    .map(
      ([name, value]) =>
        `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(
          value,
        )}">`,
    )
    .join('');
  const buttons = input.accounts
    .map(
      account => `
        <li><button type="submit" name="login" value="${escapeHtml(
          account.login,
        )}">
          <img src="/avatars/${account.id}" alt="" width="40" height="40">
          <span><strong>${escapeHtml(account.login)}</strong>
          <small>${escapeHtml(account.name ?? '')}</small></span>
        </button></li>`,
    )
    .join('');
  const scopes = input.scopes.length
    ? `<p>It asks for: ${input.scopes
        .map(scope => `<code>${escapeHtml(scope)}</code>`)
        .join(' ')}</p>`
    : '';
  return htmlPage(
    `Authorize ${input.application.name}`,
    `<h1>Authorize ${escapeHtml(input.application.name)}</h1>
    <p>Choose the account to sign in with. This is GitHub on your own machine: there are no passwords.</p>
    ${scopes}
    <form method="post" action="/login/oauth/authorize">
      ${hidden}
      <ul class="accounts">${buttons}</ul>
      <button type="submit" name="cancel" value="1" class="quiet">Cancel</button>
    </form>`,
  );
}
