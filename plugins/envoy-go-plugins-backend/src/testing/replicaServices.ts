import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';

/** For processes of their own, which take long to load what tests have otherwise. */
export const silentLogger: LoggerService = {
  error: () => {},
  warn: () => {},
  info: () => {},
  debug: () => {},
  child: () => silentLogger,
};

async function nobody(): Promise<never> {
  throw new NotAllowedError('Nobody asks here');
}

/** Knows nobody but the plugin itself. */
export const ownAuth: AuthService = {
  getOwnServiceCredentials: async () => ({
    $$type: '@backstage/BackstageCredentials',
    principal: { type: 'service', subject: 'plugin:envoy-go-plugins' },
  }),
  getNoneCredentials: nobody,
  authenticate: nobody,
  isPrincipal: (credentials): credentials is never => !credentials,
  getPluginRequestToken: nobody,
  getLimitedUserToken: nobody,
  listPublicServiceKeys: nobody,
};
