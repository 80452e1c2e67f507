import { standsForScope } from '../apps/neededPermission';
import { Account } from '../state/accountRecords';
import {
  GitHubApp,
  Installation,
  InstallationToken,
} from '../state/appRecords';
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

/** Somebody who said who they are. */
export interface SignedInViewer {
  account: Account;
}

/** An app that acts in an account. */
export interface ActingInstallation {
  installation: Installation;
  token: InstallationToken;
}

/** Whoever sends a request: somebody with a token, an app, an installation of an app, or anybody. */
export class Viewer {
  readonly account?: Account;
  readonly token?: AccessToken;
  /** An app that speaks for itself. */
  readonly app?: GitHubApp;
  /** An installation, which acts as the bot that `account` is. */
  readonly installation?: ActingInstallation;
  /** Who the rate limit is counted for: an account, or an address when there is no token. */
  readonly rateLimitKey: string;

  constructor(options: {
    account?: Account;
    token?: AccessToken;
    app?: GitHubApp;
    installation?: ActingInstallation;
    address: string;
  }) {
    this.account = options.account;
    this.token = options.token;
    this.app = options.app;
    this.installation = options.installation;
    this.rateLimitKey = rateLimitKey(options);
  }

  get id(): number | undefined {
    return this.account?.id;
  }

  /** Whether this is an app that acts in an account. */
  isInstalledIn(accountId: number): boolean {
    return this.installation?.installation.accountId === accountId;
  }

  /** Whether the token has a scope, by itself or within a larger one, or an app the permission that stands for it. */
  hasScope(scope: string): boolean {
    if (this.installation) {
      return standsForScope(this.installation.token.permissions, scope);
    }
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

function rateLimitKey(options: {
  account?: Account;
  app?: GitHubApp;
  installation?: ActingInstallation;
  address: string;
}): string {
  const { account, app, installation, address } = options;
  if (installation) {
    return `installation:${installation.installation.id}`;
  }
  if (app) {
    return `app:${app.id}`;
  }
  return account ? `account:${account.id}` : `address:${address}`;
}
