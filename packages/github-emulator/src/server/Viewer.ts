import { Account } from '../state/accountRecords';
import { AccessToken } from '../state/credentialRecords';

/** What each scope of a token includes besides itself. */
const INCLUDED_SCOPES: Record<string, string[]> = {
  repo: [
    'public_repo',
    'repo:status',
    'repo_deployment',
    'repo:invite',
    'admin:repo_hook',
  ],
  'admin:repo_hook': ['write:repo_hook', 'read:repo_hook'],
  'admin:org': ['write:org', 'read:org'],
  'write:org': ['read:org'],
  user: ['read:user', 'user:email', 'user:follow'],
};

/** A person together with the token that speaks for them. */
export interface SignedInViewer {
  account: Account;
  token: AccessToken;
}

/** Whoever sends a request: somebody with a token, or anybody. */
export class Viewer {
  readonly account?: Account;
  readonly token?: AccessToken;
  /** Who the rate limit is counted for: an account, or an address when there is no token. */
  readonly rateLimitKey: string;

  constructor(options: {
    account?: Account;
    token?: AccessToken;
    address: string;
  }) {
    this.account = options.account;
    this.token = options.token;
    this.rateLimitKey = options.account
      ? `account:${options.account.id}`
      : `address:${options.address}`;
  }

  get id(): number | undefined {
    return this.account?.id;
  }

  /** Whether the token has a scope, by itself or within a larger one. */
  hasScope(scope: string): boolean {
    const held = this.token?.scopes ?? [];
    return held.some(
      name =>
        name === scope ||
        INCLUDED_SCOPES[name]?.some(
          included =>
            included === scope || INCLUDED_SCOPES[included]?.includes(scope),
        ),
    );
  }
}
