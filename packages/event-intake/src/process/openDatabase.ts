import { DatabaseManager } from '@backstage/backend-defaults/database';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { type Config, ConfigReader } from '@backstage/config';
import { InputError } from '@backstage/errors';
import type { JsonObject } from '@backstage/types';
import type { Knex } from 'knex';

/** Whose database it is. */
const PLUGIN_ID = 'envoy-go-plugins';

/**
 * Opens the database that the portal's backend has for the plugin: as `backend.database`
 * says, read by the code that the backend reads it with.
 *
 * @throws InputError when it is one in memory, which no two processes can share
 */
export async function openDatabase(options: {
  config: Config;
  logger: LoggerService;
}): Promise<Knex> {
  const { config, logger } = options;
  const database = config.getConfig('backend.database');
  const connection =
    database.getOptional(`plugin.${PLUGIN_ID}.connection`) ??
    database.getOptional('connection');
  if (connection === ':memory:') {
    throw new InputError(
      'backend.database.connection: found ":memory:", which only the backend itself sees; give the portal a PostgreSQL, or a SQLite in a directory',
    );
  }
  return (
    DatabaseManager.fromConfig(withoutCreation(config))
      // Only pools have a use for the lifecycle, and whoever opened this closes it
      .forPlugin(PLUGIN_ID, {
        logger,
        lifecycle: { addShutdownHook() {}, addStartupHook() {} },
      })
      .getClient()
  );
}

/**
 * The portal makes databases, and the intake has to bear that there is none yet, or that
 * PostgreSQL is not up: so nothing is asked of it when it is opened.
 */
function withoutCreation(config: Config): Config {
  const database = config.get<JsonObject>('backend.database');
  const plugins = config.getOptional<JsonObject>('backend.database.plugin');
  const plugin = config.getOptional<JsonObject>(
    `backend.database.plugin.${PLUGIN_ID}`,
  );
  const never = { ensureExists: false, ensureSchemaExists: false };
  return new ConfigReader({
    backend: {
      database: {
        ...database,
        ...never,
        plugin: { ...plugins, [PLUGIN_ID]: { ...plugin, ...never } },
      },
    },
  });
}
