/**
 * A backend for benchmarks, in a process of its own: our plugin, with the configuration and
 * with a catalog that only hands out the entities which its parent gives it. Says `ready` to
 * its parent, and ends with it. See {@link startConfiguredBackend}.
 */
import { once } from 'node:events';
import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { GivenBackend } from './startConfiguredBackend';

async function main() {
  const [given] = await once(process, 'message');
  const { config, entities }: GivenBackend = given;
  const backend = createBackend();
  backend.add(
    createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory: () => new ConfigReader(config),
    }),
  );
  backend.add(import('../src'));
  backend.add(catalogServiceMock.factory({ entities }));
  // Whoever asks is somebody who may read
  const credentials = mockCredentials.user('user:default/reader');
  backend.add(
    mockServices.httpAuth.factory({ defaultCredentials: credentials }),
  );
  backend.add(mockServices.userInfo.factory());
  await backend.start();
  process.send?.('ready');
  process.on('disconnect', () => process.exit(0));
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
