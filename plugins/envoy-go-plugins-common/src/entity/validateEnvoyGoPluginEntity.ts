import {
  DEFAULT_NAMESPACE,
  parseEntityRef,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import type { JsonValue } from '@backstage/types';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import semver from 'semver';
import { checkConfigSchema } from '../configuration/checkConfigSchema';
import { compileConfigSchema } from '../configuration/createConfigValidator';
import { describeAjvError } from '../configuration/describeAjvError';
import { fieldProblem, type FieldProblem } from '../configuration/FieldProblem';
import type { EnvoyGoPluginEntity } from './EnvoyGoPluginEntity';
import { envoyGoPluginSchema } from './envoyGoPluginSchema';
import { checkPluginOrder } from './pluginOrder';
import { checkFilePath, checkGoPackagePath } from './repositoryPath';

let compiledSchema: ValidateFunction<EnvoyGoPluginEntity> | undefined;

function schemaValidator(): ValidateFunction<EnvoyGoPluginEntity> {
  compiledSchema ??= new Ajv2020({
    allErrors: true,
    verbose: true,
  }).compile<EnvoyGoPluginEntity>(envoyGoPluginSchema);
  return compiledSchema;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The problem of a text field; nothing where it is no text, which the schema has said. */
function checkText(
  object: unknown,
  field: string,
  check: (text: string) => string | undefined,
): FieldProblem[] {
  const value = isObject(object) ? object[field] : undefined;
  if (typeof value !== 'string' || value === '') {
    return [];
  }
  const message = check(value);
  return message
    ? [
        fieldProblem(
          ['spec', field],
          `${message}; it is ${JSON.stringify(value)}`,
        ),
      ]
    : [];
}

function checkEntityRef(
  text: string,
  allowed: { kinds: string[]; defaultKind?: string; example: string },
): string | undefined {
  try {
    const { kind } = parseEntityRef(text, {
      defaultKind: allowed.defaultKind,
    });
    const [first = ''] = allowed.kinds;
    const known =
      allowed.kinds.length === 0 ||
      allowed.kinds.includes(kind.toLocaleLowerCase('en-US'));
    return known
      ? undefined
      : `must be the entity ref of ${
          /^[aeiou]/.test(first) ? 'an' : 'a'
        } ${allowed.kinds.join(' or ')}, such as "${allowed.example}"`;
  } catch {
    return `must be an entity ref, such as "${allowed.example}"`;
  }
}

function checkDependencies(spec: unknown): FieldProblem[] {
  const dependsOn = isObject(spec) ? spec.dependsOn : undefined;
  if (!Array.isArray(dependsOn)) {
    return [];
  }
  return dependsOn.flatMap((entry, index) => {
    const message =
      typeof entry === 'string' && entry !== ''
        ? checkEntityRef(entry, {
            kinds: [],
            example: 'resource:default/token-store',
          })
        : undefined;
    return message
      ? [
          fieldProblem(
            ['spec', 'dependsOn', index],
            `${message}; it is ${JSON.stringify(entry)}`,
          ),
        ]
      : [];
  });
}

function checkSuccessor(entity: unknown, spec: unknown): FieldProblem[] {
  const deprecation = isObject(spec) ? spec.deprecation : undefined;
  const successor = isObject(deprecation) ? deprecation.successor : undefined;
  if (typeof successor !== 'string' || successor === '') {
    return [];
  }
  const problem = (message: string) => [
    fieldProblem(
      ['spec', 'deprecation', 'successor'],
      `${message}; it is ${JSON.stringify(successor)}`,
    ),
  ];
  const message = checkEntityRef(successor, {
    kinds: ['envoygoplugin'],
    defaultKind: 'envoygoplugin',
    example: 'envoygoplugin:default/token-auth',
  });
  if (message) {
    return problem(message);
  }
  const metadata = isObject(entity) ? entity.metadata : undefined;
  const own = isObject(metadata) ? metadata : {};
  const namespace =
    typeof own.namespace === 'string' ? own.namespace : DEFAULT_NAMESPACE;
  const same =
    stringifyEntityRef(
      parseEntityRef(successor, {
        defaultKind: 'envoygoplugin',
        defaultNamespace: namespace,
      }),
    ) ===
    stringifyEntityRef({
      kind: 'envoygoplugin',
      namespace,
      name: typeof own.name === 'string' ? own.name : '',
    });
  return same ? problem('must be another plugin') : [];
}

function checkOrder(entity: unknown, spec: unknown): FieldProblem[] {
  const order = isObject(spec) ? spec.order : undefined;
  const metadata = isObject(entity) ? entity.metadata : undefined;
  const ownText = (field: string) => {
    const value = isObject(metadata) ? metadata[field] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  return isObject(order)
    ? checkPluginOrder(
        { name: ownText('name'), namespace: ownText('namespace') },
        order,
      )
    : [];
}

function checkConfig(spec: unknown): FieldProblem[] {
  const config = isObject(spec) ? spec.config : undefined;
  if (!isObject(config) || !isObject(config.schema)) {
    return [];
  }
  const { schema, examples } = config as {
    schema: Record<string, JsonValue>;
    examples?: JsonValue;
  };
  const path = ['spec', 'config', 'schema'];
  const problems = checkConfigSchema(schema, path);
  if (problems.length > 0) {
    return problems;
  }
  const validate = compileConfigSchema(schema);
  return (Array.isArray(examples) ? examples : []).flatMap((example, index) =>
    isObject(example) && 'value' in example
      ? validate(example.value, ['spec', 'config', 'examples', index, 'value'])
      : [],
  );
}

/**
 * Says what is wrong with the description of a plugin: everything, not only the first
 * thing. Each problem names the field, what was found and what is allowed.
 *
 * Safe for what strangers wrote: bounded in time and size, and nothing is ever fetched.
 *
 * @param entity - an entity, or whatever a `catalog-info.yaml` held
 * @returns an empty list for a good description
 * @public
 */
export function validateEnvoyGoPluginEntity(entity: unknown): FieldProblem[] {
  const validate = schemaValidator();
  validate(entity);
  const fromSchema = (validate.errors ?? []).flatMap(
    error => describeAjvError(error, entity) ?? [],
  );
  const spec = isObject(entity) ? entity.spec : undefined;
  return [
    ...fromSchema,
    ...checkText(spec, 'owner', text =>
      checkEntityRef(text, {
        kinds: ['group', 'user'],
        defaultKind: 'group',
        example: 'group:default/gateway',
      }),
    ),
    ...checkText(spec, 'system', text =>
      checkEntityRef(text, {
        kinds: ['system'],
        defaultKind: 'system',
        example: 'system:default/edge',
      }),
    ),
    ...checkDependencies(spec),
    ...checkSuccessor(entity, spec),
    ...checkText(spec, 'package', checkGoPackagePath),
    ...checkText(spec, 'envoy', text =>
      text.length <= 256 && semver.validRange(text) === null
        ? 'must be a semver range, such as ">=1.38" or "1.38.x || 1.40.x"'
        : undefined,
    ),
    ...checkOrder(entity, spec),
    ...checkConfig(spec),
    ...checkText(spec, 'proof', checkFilePath),
  ];
}

const MOST_SHOWN = 50;

/** One sentence for all problems: one a line, each beginning with its field. */
export function formatFieldProblems(problems: readonly FieldProblem[]): string {
  const lines = problems
    .slice(0, MOST_SHOWN)
    .map(({ path, message }) => `${path || 'the document'} ${message}`);
  if (problems.length > MOST_SHOWN) {
    lines.push(`and ${problems.length - MOST_SHOWN} more`);
  }
  return lines.join('\n');
}

/**
 * Reads the description of a plugin.
 *
 * @param value - an entity, or whatever a `catalog-info.yaml` held
 * @throws InputError that lists all problems, one a line
 * @public
 */
export function parseEnvoyGoPluginEntity(value: unknown): EnvoyGoPluginEntity {
  const problems = validateEnvoyGoPluginEntity(value);
  if (problems.length > 0) {
    throw new InputError(
      `The description of the plugin is broken in ${problems.length} ${
        problems.length === 1 ? 'place' : 'places'
      }:\n${formatFieldProblems(problems)}`,
    );
  }
  return value as EnvoyGoPluginEntity;
}
