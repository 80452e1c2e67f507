import type {
  LoggerService,
  PermissionsService,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import type { Knex } from 'knex';
import type { AuditRecorder } from '../audit';
import type { GitHubDoor } from '../github';
import type { MarketplaceService, RepositoryChanges } from '../marketplace';
import { AccessGuard } from './AccessGuard';
import { DatabasePeopleSnapshotStore } from './DatabasePeopleSnapshotStore';
import { GitHubOrganizationPeople } from './GitHubOrganizationPeople';
import { OrganizationAdministration } from './OrganizationAdministration';
import { PersonalStars } from './PersonalStars';
import { type KnownPeople, PersonalTokens } from './PersonalTokens';
import type { PeopleConfig } from './readPeopleConfig';

/** What people do, and may do. */
export interface People {
  access: AccessGuard;
  organization: OrganizationAdministration;
  stars: PersonalStars;
}

/** Puts together what people do in their own name. */
export function createPeople(options: {
  config: PeopleConfig;
  db: Knex;
  door: GitHubDoor;
  marketplace: MarketplaceService;
  changes: RepositoryChanges;
  /** Who on GitHub those are that signed in. */
  known: KnownPeople;
  recorder: AuditRecorder;
  permissions: PermissionsService;
  userInfo: UserInfoService;
  logger: LoggerService;
  now: () => Date;
}): People {
  const { config, db, door, marketplace, changes, known, now } = options;
  const { host, organization, adminTeam } = config;
  const tokens = new PersonalTokens({ door, people: known, now });
  return {
    access: new AccessGuard({
      permissions: options.permissions,
      userInfo: options.userInfo,
      adminTeam,
    }),
    organization: new OrganizationAdministration({
      host,
      people:
        organization === undefined
          ? undefined
          : new GitHubOrganizationPeople({
              door,
              store: new DatabasePeopleSnapshotStore({
                db,
                host,
                organization,
              }),
              host,
              organization,
              // Backstage's GitHub modules call a group as the team's slug
              adminTeam:
                adminTeam === undefined
                  ? undefined
                  : parseEntityRef(adminTeam).name,
              now,
            }),
      tokens,
      recorder: options.recorder,
    }),
    stars: new PersonalStars({
      marketplace,
      door,
      tokens,
      changes,
      logger: options.logger,
      now,
    }),
  };
}
