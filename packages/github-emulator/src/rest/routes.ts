import { actionsRoutes } from './actions';
import { appRoutes } from './apps';
import { branchProtectionRoutes } from './branchProtection';
import { branchRoutes } from './branches';
import { collaboratorRoutes } from './collaborators';
import { commitRoutes } from './commits';
import { contentRoutes } from './contents';
import { deployKeyRoutes } from './deployKeys';
import { environmentRoutes } from './environments';
import { gitDataRoutes } from './gitData';
import { webhookRoutes } from './hooks';
import { invitationRoutes } from './invitations';
import { issueRoutes } from './issues';
import { organizationRoutes } from './organizations';
import { pullRoutes } from './pulls';
import { releaseRoutes } from './releases';
import { repositoryRoutes } from './repositories';
import { Route } from './RouteTable';
import { rulesetRoutes } from './rulesets';
import { searchRoutes } from './search';
import { secretRoutes } from './secrets';
import { serviceRoutes } from './service';
import { starRoutes } from './stars';
import { teamRoutes } from './teams';
import { transferRoutes } from './transfers';
import { userRoutes } from './users';
import { workflowRoutes } from './workflows';

/** All endpoints of the REST API, by area. */
export const ROUTES: Record<string, Route[]> = {
  Service: serviceRoutes,
  'Users and organisations': [
    ...userRoutes,
    ...organizationRoutes,
    ...invitationRoutes,
  ],
  'GitHub Apps': appRoutes,
  Teams: teamRoutes,
  Repositories: [
    ...repositoryRoutes,
    ...transferRoutes,
    ...collaboratorRoutes,
    ...deployKeyRoutes,
  ],
  'Contents and archives': contentRoutes,
  'Git objects': gitDataRoutes,
  'Branches, tags and commits': [
    ...branchRoutes,
    ...branchProtectionRoutes,
    ...rulesetRoutes,
    ...commitRoutes,
  ],
  Releases: releaseRoutes,
  'Issues and pull requests': [...issueRoutes, ...pullRoutes],
  'Stars and subscriptions': starRoutes,
  Search: searchRoutes,
  Webhooks: webhookRoutes,
  'Workflow settings': [
    ...actionsRoutes,
    ...workflowRoutes,
    ...secretRoutes,
    ...environmentRoutes,
  ],
};
