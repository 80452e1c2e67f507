/** What an app may do, by GitHub's names: `contents`, `members`, …; `metadata` can only be read. */
export type AppPermissions = Record<string, 'read' | 'write' | 'admin'>;

/** A GitHub App. It speaks for itself with tokens that it signs with its private key, of which only the public half is here. */
export interface GitHubApp {
  id: number;
  slug: string;
  name: string;
  description?: string;
  ownerId: number;
  /** The account that its installations act as: `SLUG[bot]`. */
  botId: number;
  clientId: string;
  /** PEM. */
  publicKey: string;
  permissions: AppPermissions;
  /** Names of the events that its webhook is told of besides those of installations. */
  events: string[];
  createdAt: string;
  updatedAt: string;
}

/** An app in an account. */
export interface Installation {
  id: number;
  appId: number;
  accountId: number;
  selection: 'all' | 'selected';
  /** The repositories where these are selected. */
  repositoryIds: number[];
  permissions: AppPermissions;
  events: string[];
  suspendedAt?: string;
  suspendedById?: number;
  createdAt: string;
  updatedAt: string;
}

/** A token with which an app acts in an account for an hour. */
export interface InstallationToken {
  id: number;
  token: string;
  installationId: number;
  permissions: AppPermissions;
  /** There when the token is for some repositories only. */
  repositoryIds?: number[];
  expiresAt: string;
}
