import type { RootConfigService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import type { ServeOptions } from '@envoy-go/plugin-rpc';

/** Where build runners mount, and how; see `config.d.ts`. */
export interface RunnersConfig {
  /** `undefined` where no runner may mount on this replica. */
  listen?: ServeOptions;
  tokens: string[];
}

const MIN_TOKEN_LENGTH = 16;

/** @throws InputError when a value is not what `config.d.ts` allows */
export function readRunnersConfig(config: RootConfigService): RunnersConfig {
  const own = config.getOptionalConfig('envoyGoPlugins.builds');
  const address = own?.getOptionalString('listen');
  if (!own || address === undefined) {
    return { tokens: [] };
  }
  if (!/^(?:unix:\/.+|(?:[\w.-]+|\[[\da-f:]+\]):\d{1,5})$/i.test(address)) {
    throw new InputError(
      `envoyGoPlugins.builds.listen: found "${address}", allowed is HOST:PORT, such as "127.0.0.1:7008", or unix:/PATH`,
    );
  }
  const tokens = own.getOptionalStringArray('runnerTokens') ?? [];
  if (tokens.length === 0) {
    throw new InputError(
      'envoyGoPlugins.builds.runnerTokens is missing, and without a token no build runner can mount; give one, or leave out listen',
    );
  }
  if (tokens.some(token => token.length < MIN_TOKEN_LENGTH)) {
    throw new InputError(
      `envoyGoPlugins.builds.runnerTokens: a token is shorter than ${MIN_TOKEN_LENGTH} characters; make one with "openssl rand -hex 24"`,
    );
  }
  const tls = own.getOptionalConfig('tls');
  const clientCa = tls?.getOptionalString('clientCa');
  return {
    listen: {
      address,
      ...(tls && {
        tls: {
          cert: Buffer.from(tls.getString('certificate')),
          key: Buffer.from(tls.getString('key')),
          ...(clientCa !== undefined && { clientCa: Buffer.from(clientCa) }),
        },
      }),
    },
    tokens,
  };
}
