import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';

/** Of the groups that somebody is a member of, as their token says. */
const GROUPS: Record<string, string[]> = {
  'user:default/admin': ['group:default/admins'],
  'user:default/author': ['group:default/gateway'],
};

/** Knows `admin`, who is in the group `admins`, and `author`, who is in `gateway`. */
export const groupMembers = createServiceFactory({
  service: coreServices.userInfo,
  deps: {},
  factory: () => ({
    async getUserInfo({ principal }) {
      const userEntityRef =
        typeof principal === 'object' &&
        principal !== null &&
        'userEntityRef' in principal
          ? String(principal.userEntityRef)
          : '';
      return {
        userEntityRef,
        ownershipEntityRefs: [userEntityRef, ...(GROUPS[userEntityRef] ?? [])],
      };
    },
  }),
});
