import type { RootConfigService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import type { ConfiguredTokenKey } from './TokenKey';

/** How tokens for the registry are given out; see `config.d.ts`. */
export interface TokenServerConfig {
  issuer: string;
  service: string;
  /** The beginning of the path of all images; empty where there is none. */
  path: string;
  /** As whom the backend itself pushes. */
  username: string;
  password: string;
  /** `undefined` where the backend makes one and keeps it in its database. */
  key?: ConfiguredTokenKey;
}

/** What the portal is to the registry besides a client; see `config.d.ts`. */
export interface RegistryServicesConfig {
  tokenServer?: TokenServerConfig;
  /** What the registry tells its events with. */
  notificationSecret?: string;
}

/** A secret that is shorter can be guessed. */
const LEAST_SECRET = 16;

/** @throws InputError when a value is not what `config.d.ts` allows */
export function readRegistryConfig(
  config: RootConfigService,
): RegistryServicesConfig {
  const registry = config.getOptionalConfig('envoyGoPlugins.registry');
  const tokenServer = registry?.getOptionalConfig('tokenServer');
  const notificationSecret = registry?.getOptionalString(
    'notifications.secret',
  );
  if (
    notificationSecret !== undefined &&
    notificationSecret.length < LEAST_SECRET
  ) {
    throw new InputError(
      `envoyGoPlugins.registry.notifications.secret: it has ${notificationSecret.length} characters; give it ${LEAST_SECRET} or more`,
    );
  }
  if (!registry || !tokenServer) {
    return { notificationSecret };
  }

  const username = registry.getOptionalString('username');
  const password = registry.getOptionalString('password');
  if (username === undefined || password === undefined) {
    throw new InputError(
      'envoyGoPlugins.registry.tokenServer: there is no username and password beside it, by which the token server would know the backend; give both',
    );
  }
  if (password.length < LEAST_SECRET) {
    throw new InputError(
      `envoyGoPlugins.registry.password: it has ${password.length} characters, and whoever knows it may push; with the token server give it ${LEAST_SECRET} or more`,
    );
  }
  const [host, ...path] = registry.getString('repository').split('/');
  const privateKey = tokenServer.getOptionalString('privateKey');
  const certificate = tokenServer.getOptionalString('certificate');
  if ((privateKey === undefined) !== (certificate === undefined)) {
    throw new InputError(
      'envoyGoPlugins.registry.tokenServer: there is only one of privateKey and certificate; give both, or none',
    );
  }
  return {
    notificationSecret,
    tokenServer: {
      issuer: tokenServer.getOptionalString('issuer') ?? 'envoy-go-plugins',
      service: tokenServer.getOptionalString('service') ?? host,
      path: path.join('/'),
      username,
      password,
      ...(privateKey !== undefined &&
        certificate !== undefined && { key: { privateKey, certificate } }),
    },
  };
}
