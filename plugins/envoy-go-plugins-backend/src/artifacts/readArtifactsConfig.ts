import type { RootConfigService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import type { SigningKey } from './CosignSigner';
import type { RegistryConfig } from './RegistryAccess';
import type { ArtifactTool } from './ToolProvider';

/** Where artifacts go, and how they are made; see `config.d.ts`. */
export interface ArtifactsConfig {
  /** `undefined` where no registry is configured: then nothing is published. */
  registry?: RegistryConfig;
  /** `undefined` where no key is configured: then nothing is signed. */
  key?: SigningKey;
  /** Paths of programs. */
  tools: Partial<Record<ArtifactTool, string>>;
}

/** @throws InputError when a value is not what `config.d.ts` allows */
export function readArtifactsConfig(
  config: RootConfigService,
): ArtifactsConfig {
  const own = config.getOptionalConfig('envoyGoPlugins');
  const registry = own?.getOptionalConfig('registry');
  const signing = own?.getOptionalConfig('signing');
  const crane = own?.getOptionalString('tools.crane');
  const cosign = own?.getOptionalString('tools.cosign');
  return {
    ...(registry && { registry: readRegistry(registry) }),
    ...(signing && {
      key: {
        privateKey: signing.getString('privateKey'),
        password: signing.getOptionalString('password') ?? '',
      },
    }),
    tools: { ...(crane && { crane }), ...(cosign && { cosign }) },
  };
}

function readRegistry(
  config: ReturnType<RootConfigService['getConfig']>,
): RegistryConfig {
  const repository = config.getString('repository');
  const [host, ...path] = repository.split('/');
  // As crane tells a host from a path
  const isHost = /^[\w.-]+(:\d+)?$|^\[[\da-f:]+\](:\d+)?$/i.test(host);
  const names = path.every(name =>
    /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/.test(name),
  );
  if (!isHost || !(/[.:]/.test(host) || host === 'localhost') || !names) {
    throw new InputError(
      `envoyGoPlugins.registry.repository: found "${repository}", allowed is a registry's host and the beginning of a path, such as "registry.example.com/envoy-plugins"`,
    );
  }
  const username = config.getOptionalString('username');
  const password = config.getOptionalString('password');
  if ((username === undefined) !== (password === undefined)) {
    throw new InputError(
      'envoyGoPlugins.registry: there is only one of username and password; give both, or none',
    );
  }
  return {
    repository,
    username,
    password,
    insecure: config.getOptionalBoolean('insecure') ?? false,
  };
}
