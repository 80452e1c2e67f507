import { JsonObject } from '@backstage/types';
import Ajv, { ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { Emulator } from '../Emulator';
import { packageFile } from '../truth/packageFile';

const validators = new Map<string, ValidateFunction | undefined>();
let schemas: Ajv | undefined;

function validator(name: string): ValidateFunction | undefined {
  if (!schemas) {
    schemas = new Ajv({ strict: false, allErrors: true, logger: false });
    addFormats(schemas);
    schemas.addSchema(
      JSON.parse(
        readFileSync(
          packageFile('@octokit/webhooks-schemas', 'schema.json'),
          'utf8',
        ),
      ),
      'webhooks',
    );
  }
  if (!validators.has(name)) {
    validators.set(name, schemas.getSchema(`webhooks#/definitions/${name}`));
  }
  return validators.get(name);
}

/** What in a payload contradicts GitHub's own schema of the event. */
export function webhookViolations(
  event: string,
  payload: JsonObject,
): string[] {
  const name = `${event}$${payload.action ?? 'event'}`;
  const validate = validator(name);
  if (!validate) {
    return [`GitHub has no schema ${name}`];
  }
  if (validate(payload)) {
    return [];
  }
  return (validate.errors ?? []).map(
    error =>
      `${name} ${error.instancePath || '/'} ${error.message} ${JSON.stringify(
        error.params,
      )}`,
  );
}

/** What contradicts GitHub's schemas in all events that an emulator tells, or will tell, its webhooks of. */
export function allWebhookViolations({ store }: Emulator): string[] {
  return store.collections.webhookEvents
    .list()
    .flatMap(({ name, payload }) =>
      webhookViolations(name, JSON.parse(payload)),
    );
}
