import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { InputError, isError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { JsonValue } from '@backstage/types';
import {
  type ConfigField,
  configFieldsToJsonSchema,
  exampleConfig,
  isConfigFields,
  renderGoConfig,
  renderGoConfigTest,
  validateConfigFields,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { examples } from './renderConfig.examples';

/**
 * Sets a value in a YAML file, whose comments stay. Does nothing when there is no such file.
 *
 * @throws InputError when the file is not valid YAML
 */
async function setInYaml(path: string, key: string[], value: JsonValue) {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isError(error) && error.code === 'ENOENT') {
      return;
    }
    throw error;
  }
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    throw new InputError(`${path} is not valid YAML: ${document.errors[0]}`);
  }
  document.setIn(
    key,
    document.createNode(value, { aliasDuplicateObjects: false }),
  );
  await writeFile(path, document.toString({ lineWidth: 0 }));
}

function examplesOf(fields: readonly ConfigField[]) {
  const smallest = exampleConfig(fields, { requiredOnly: true });
  const whole = exampleConfig(fields);
  return [
    ...(Object.keys(smallest).length < Object.keys(whole).length
      ? [{ title: 'What is required', value: smallest }]
      : []),
    { title: 'Every field', value: whole },
  ];
}

/**
 * Creates the action `envoy-go-plugins:render-config`: from the fields of a form it writes the
 * Go struct with its tests, and puts the JSON Schema into the entity and an example into the
 * proof, where these files are.
 *
 * @public
 */
export function createRenderConfigAction() {
  return createTemplateAction({
    id: 'envoy-go-plugins:render-config',
    description:
      "Writes config.go and config_test.go from the fields of a filter's configuration, and puts their JSON Schema into catalog-info.yaml and an example into envoy-proof.yaml.",
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        goPackage: z => z.string({ description: 'The name of the Go package' }),
        fields: z =>
          z.array(z.any(), {
            description:
              'The fields: name, type (string, integer, number, boolean, duration, string[]), required, default, description, secret',
          }),
        targetPath: z =>
          z
            .string({
              description:
                'The folder of the filter in the workspace; by default the workspace itself',
            })
            .optional(),
      },
      output: {
        schema: z =>
          z.record(z.any(), {
            description: 'The JSON Schema (2020-12) of the configuration',
          }),
        example: z =>
          z.record(z.any(), { description: 'A configuration that it accepts' }),
      },
    },
    async handler(ctx) {
      const { goPackage, targetPath = '.' } = ctx.input;
      const fields: unknown = ctx.input.fields;
      if (!/^[a-z][a-z0-9]*$/.test(goPackage)) {
        throw new InputError(
          `"${goPackage}" is no name of a Go package; use lower-case letters and digits.`,
        );
      }
      if (!isConfigFields(fields)) {
        throw new InputError(
          validateConfigFields(fields)
            .map(({ path, message }) => `${path}: ${message}`)
            .join(' '),
        );
      }
      const directory = resolveSafeChildPath(ctx.workspacePath, targetPath);
      await mkdir(directory, { recursive: true });
      const inDirectory = (name: string) =>
        resolveSafeChildPath(directory, name);
      const options = { packageName: goPackage };
      await writeFile(
        inDirectory('config.go'),
        renderGoConfig(fields, options),
      );
      await writeFile(
        inDirectory('config_test.go'),
        renderGoConfigTest(fields, options),
      );

      const schema = configFieldsToJsonSchema(fields);
      await setInYaml(inDirectory('catalog-info.yaml'), ['spec', 'config'], {
        schema,
        examples: examplesOf(fields),
      });
      const example = exampleConfig(fields);
      await setInYaml(inDirectory('envoy-proof.yaml'), ['config'], example);
      ctx.logger.info(
        `Wrote config.go with ${
          fields.length === 1 ? '1 field' : `${fields.length} fields`
        }`,
      );
      ctx.output('schema', schema);
      ctx.output('example', example);
    },
  });
}
