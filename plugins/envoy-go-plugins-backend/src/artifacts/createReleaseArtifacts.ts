import type { LoggerService } from '@backstage/backend-plugin-api';
import { CachedToolProvider } from './CachedToolProvider';
import { CosignSigner } from './CosignSigner';
import { CraneRegistry } from './CraneRegistry';
import { DefaultReleaseArtifacts } from './DefaultReleaseArtifacts';
import type { OciRegistry } from './OciRegistry';
import type { ArtifactsConfig } from './readArtifactsConfig';
import { RegistryAccess } from './RegistryAccess';
import type { ReleaseArtifacts } from './ReleaseArtifacts';
import type { Signer } from './Signer';
import type { ToolProvider } from './ToolProvider';

/** What releases are published with. */
export interface ArtifactServices {
  artifacts: ReleaseArtifacts;
  registry: OciRegistry;
  /** `undefined` where no key is configured. */
  signer?: Signer;
  tools: ToolProvider;
}

/**
 * Makes what releases are published with, of the configuration.
 *
 * @returns `undefined` where no registry is configured
 */
export function createReleaseArtifacts(options: {
  config: ArtifactsConfig;
  logger?: LoggerService;
  env?: NodeJS.ProcessEnv;
  /** Puts something before the registry and the signer. */
  around?: (parts: {
    access: RegistryAccess;
    registry: OciRegistry;
    signer?: Signer;
  }) => { registry: OciRegistry; signer?: Signer };
}): ArtifactServices | undefined {
  const { config, logger, env, around = parts => parts } = options;
  if (!config.registry) {
    return undefined;
  }
  const tools = new CachedToolProvider({
    configured: config.tools,
    env,
    logger,
  });
  const access = new RegistryAccess({ config: config.registry, tools, env });
  const { registry, signer } = around({
    access,
    registry: new CraneRegistry(access),
    signer: config.key
      ? new CosignSigner({ access, key: config.key })
      : undefined,
  });
  return {
    artifacts: new DefaultReleaseArtifacts({ registry, signer }),
    registry,
    signer,
    tools,
  };
}
