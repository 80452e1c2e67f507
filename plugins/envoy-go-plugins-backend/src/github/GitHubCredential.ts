import { createHash } from 'node:crypto';

/** Whom GitHub is asked as. */
export interface GitHubCredential {
  /** Opaque, the same for the same credential; reveals nothing of it. */
  id: string;
  /** For people. */
  label: string;
  /** `github.com`, or the host of a GitHub Enterprise. */
  host: string;
  /** Whether it is the portal's own, or of somebody who is signed in. */
  kind: 'portal' | 'user';
  /** `undefined` for nobody. */
  token: string | undefined;
  /** The id of the GitHub App whose token it is, if it is one's. */
  appId?: number;
}

/** An opaque id of what is told apart by the parts; tokens cannot be found out from it. */
export function credentialId(...parts: string[]): string {
  return createHash('sha256')
    .update(JSON.stringify(parts))
    .digest('hex')
    .slice(0, 32);
}

/** Somebody who is signed in, by the token that GitHub gave them. */
export function userCredential(host: string, token: string): GitHubCredential {
  return {
    id: credentialId('user', host, token),
    label: `somebody who is signed in at ${host}`,
    host,
    kind: 'user',
    token,
  };
}
