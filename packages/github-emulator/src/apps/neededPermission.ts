import { AppPermissions } from '../state/appRecords';

/** Which permission an endpoint asks of an app, by the first pattern that its template matches. */
const PERMISSIONS: Array<[pattern: RegExp, permission: string]> = [
  [
    /^\/repos\/\{owner\}\/\{repo\}\/branches\/\{branch\}\/protection/,
    'administration',
  ],
  [
    /^\/repos\/\{owner\}\/\{repo\}\/(contents|readme|tarball|zipball|git|branches|tags|commits|compare|releases|contributors|languages|license)\b/,
    'contents',
  ],
  [/^\/repos\/\{owner\}\/\{repo\}\/statuses\b/, 'statuses'],
  [/^\/repos\/\{owner\}\/\{repo\}\/(issues|labels)\b/, 'issues'],
  [/^\/repos\/\{owner\}\/\{repo\}\/pulls\b/, 'pull_requests'],
  [/^\/repos\/\{owner\}\/\{repo\}\/hooks\b/, 'repository_hooks'],
  [/^\/repos\/\{owner\}\/\{repo\}\/actions\/workflows\b/, 'actions'],
  [/^\/repos\/\{owner\}\/\{repo\}\/actions\/variables\b/, 'actions_variables'],
  [/^\/repos\/\{owner\}\/\{repo\}\/actions\/secrets\b/, 'secrets'],
  [/^\/repos\/\{owner\}\/\{repo\}\/environments\b/, 'environments'],
  [/^\/repos\/\{owner\}\/\{repo\}/, 'administration'],
  [/^\/orgs\/\{org\}\/hooks\b/, 'organization_hooks'],
  [/^\/orgs\/\{org\}\/repos\b/, 'administration'],
  // It is the repository that changes: https://docs.github.com/rest/teams/teams#add-or-update-team-repository-permissions
  [
    /^\/orgs\/\{org\}\/teams\/\{team_slug\}\/repos\/\{owner\}/,
    'administration',
  ],
  [/^\/orgs\/\{org\}\/(members|memberships|invitations|teams)\b/, 'members'],
];

/** Endpoints of repositories that `metadata` is enough to read. */
const METADATA_READS =
  /^\/repos\/\{owner\}\/\{repo\}(\/(topics|collaborators.*|forks|stargazers|subscribers|teams|languages|contributors|license))?$/;

const LEVELS = ['none', 'read', 'write', 'admin'];

/** Whether permissions have at least one that is needed. */
export function grants(
  permissions: AppPermissions,
  name: string,
  level: 'read' | 'write',
): boolean {
  return LEVELS.indexOf(permissions[name] ?? 'none') >= LEVELS.indexOf(level);
}

/** Whether an app with these permissions may ask for an endpoint. */
export function mayAsk(
  permissions: AppPermissions,
  method: string,
  template: string,
): boolean {
  const level = method === 'GET' ? 'read' : 'write';
  const needed = PERMISSIONS.find(([pattern]) => pattern.test(template))?.[1];
  return (
    needed === undefined ||
    (level === 'read' &&
      (METADATA_READS.test(template) || template === '/orgs/{org}/repos')) ||
    grants(permissions, needed, level) ||
    // Pull requests are issues too.
    (needed === 'issues' && grants(permissions, 'pull_requests', level))
  );
}

/** The permissions that stand for the scopes of other tokens. */
const SCOPES: Record<string, [name: string, level: 'read' | 'write']> = {
  workflow: ['workflows', 'write'],
  delete_repo: ['administration', 'write'],
  'read:org': ['members', 'read'],
  'write:org': ['members', 'write'],
  'admin:org': ['members', 'write'],
  'admin:org_hook': ['organization_hooks', 'read'],
  'read:repo_hook': ['repository_hooks', 'read'],
  'write:repo_hook': ['repository_hooks', 'write'],
};

/** Whether permissions of an app include what a scope lets other tokens do. */
export function standsForScope(
  permissions: AppPermissions,
  scope: string,
): boolean {
  if (scope === 'repo' || scope === 'public_repo') {
    return true;
  }
  const needed = SCOPES[scope];
  return needed !== undefined && grants(permissions, ...needed);
}
