/** The events that the portal handles, and so those that the organisation's webhook has to have. */
export const WEBHOOK_EVENTS = [
  'create',
  'delete',
  'fork',
  'issue_comment',
  'issues',
  'member',
  'membership',
  'organization',
  'public',
  'pull_request',
  'push',
  'release',
  'repository',
  'star',
  'team',
  'team_add',
];
