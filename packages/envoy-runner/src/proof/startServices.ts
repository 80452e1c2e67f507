import type { BootstrapCluster } from '../bootstrap';
import { ServiceServer } from '../upstream';
import { compareRequest } from './compare';
import type { EnvoyProof } from './EnvoyProof';

/** The services of a proof while they run. */
export interface RunningServices {
  clusters: BootstrapCluster[];
  stop(): Promise<void>;
}

/** Starts the HTTP servers that a proof's filter calls out to. */
export async function startServices(
  services: EnvoyProof['services'] = {},
): Promise<RunningServices> {
  const running = await Promise.all(
    Object.entries(services).map(async ([name, rules]) => ({
      name,
      server: await ServiceServer.start(
        rules.map(rule => ({
          reply: rule.reply,
          matches: request =>
            compareRequest('request', rule.request ?? {}, request).length === 0,
        })),
      ),
    })),
  );
  return {
    clusters: running.map(({ name, server }) => ({ name, port: server.port })),
    stop: async () => {
      await Promise.all(running.map(({ server }) => server.stop()));
    },
  };
}
