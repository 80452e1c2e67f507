import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { RootConfigService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { InputError, toError } from '@backstage/errors';
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
  return {
    listen: { address, ...(tls && { tls: readTls(tls) }) },
    tokens,
  };
}

function readTls(tls: Config): ServeOptions['tls'] {
  const cert = Buffer.from(tls.getString('certificate'));
  const key = Buffer.from(tls.getString('key'));
  const clientCa = tls.getOptionalString('clientCa');
  refuseUnusable('certificate and key', () =>
    createSecureContext({ cert, key }),
  );
  if (clientCa === undefined) {
    return { cert, key };
  }
  refuseUnusable('clientCa', () => new X509Certificate(clientCa));
  return { cert, key, clientCa: Buffer.from(clientCa) };
}

/** Otherwise the backend starts, and no runner ever gets through. */
function refuseUnusable(what: string, use: () => unknown): void {
  try {
    use();
  } catch (error) {
    throw new InputError(
      `envoyGoPlugins.builds.tls: ${what} cannot be used (${
        toError(error).message
      }); give the text of PEM files, such as with $file, and a key without passphrase`,
    );
  }
}
