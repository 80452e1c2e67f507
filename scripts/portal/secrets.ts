import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

const NAMES = [
  'PORTAL_SESSION_SECRET',
  'PORTAL_GITHUB_CLIENT_ID',
  'PORTAL_GITHUB_CLIENT_SECRET',
  'PORTAL_GITHUB_TOKEN',
  'PORTAL_GITHUB_WEBHOOK_SECRET',
  'PORTAL_RUNNER_TOKEN',
  'PORTAL_SIGNING_PASSWORD',
] as const;

export type PortalSecrets = Record<(typeof NAMES)[number], string>;

/** The demo portal's secrets: generated on its first start, kept in its state folder. */
export function portalSecrets(stateDir: string): PortalSecrets {
  const file = path.join(stateDir, 'secrets.json');
  const kept: Partial<PortalSecrets> = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : {};
  const entries = NAMES.map(
    name => [name, kept[name] ?? randomBytes(24).toString('hex')] as const,
  );
  const secrets = Object.fromEntries(entries) as PortalSecrets;
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(file, `${JSON.stringify(secrets, undefined, 2)}\n`, {
    mode: 0o600,
  });
  // The mode above is for a new file only.
  chmodSync(file, 0o600);
  return secrets;
}
