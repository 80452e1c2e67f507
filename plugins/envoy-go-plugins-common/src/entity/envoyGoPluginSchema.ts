import type { JsonObject } from '@backstage/types';
import schema from './EnvoyGoPlugin.v1alpha1.schema.json';

/**
 * JSON Schema 2020-12 of the EnvoyGoPlugin kind, with a description of every field. It
 * says the shape; `validateEnvoyGoPluginEntity` also says what a schema cannot.
 *
 * @public
 */
export const envoyGoPluginSchema: JsonObject = schema;
