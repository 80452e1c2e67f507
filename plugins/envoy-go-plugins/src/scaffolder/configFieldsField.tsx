import FormHelperText from '@material-ui/core/FormHelperText';
import Typography from '@material-ui/core/Typography';
import type { FieldValidation } from '@rjsf/utils';
import type { JsonValue } from '@backstage/types';
import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import {
  CONFIG_FIELD_TYPES,
  validateConfigFields,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { ConfigFieldsEditor } from './ConfigFieldsEditor';

/** The schema of the field `EnvoyGoConfigFields`: a list of the fields that a filter's configuration has. */
export const configFieldsSchema = makeFieldSchema({
  output: z =>
    z.array(
      z.object({
        name: z.string(),
        type: z.enum(CONFIG_FIELD_TYPES),
        required: z.boolean().optional(),
        default: z.custom<JsonValue>().optional(),
        description: z.string().optional(),
        secret: z.boolean().optional(),
      }),
    ),
  uiOptions: z =>
    z.object({
      pluginNameField: z
        .string()
        .optional()
        .describe(
          'The parameter that holds the plugin’s name. Default "name".',
        ),
    }),
});

/** The scaffolder's field in which the fields of a filter's configuration are defined. */
export function EnvoyGoConfigFields(props: typeof configFieldsSchema.TProps) {
  const { formData, onChange, rawErrors, schema, uiSchema, idSchema } = props;
  const nameField = uiSchema['ui:options']?.pluginNameField ?? 'name';
  const name: unknown = props.formContext?.formData?.[nameField];
  const failed = Boolean(rawErrors?.length);

  return (
    <div>
      {schema.title && (
        <Typography variant="subtitle1" component="h3">
          {schema.title}
        </Typography>
      )}
      {schema.description && (
        <Typography variant="body2" paragraph>
          {schema.description}
        </Typography>
      )}
      <ConfigFieldsEditor
        id={idSchema?.$id ?? 'config-fields'}
        fields={formData ?? []}
        plugin={typeof name === 'string' ? name : ''}
        disabled={props.disabled || props.readonly}
        strict={failed}
        onChange={onChange}
      />
      {failed && (
        <FormHelperText error role="alert">
          {rawErrors?.join(' ')}
        </FormHelperText>
      )}
    </div>
  );
}

/** Refuses fields of which no configuration could be made, one sentence each. */
export function validateConfigFieldsField(
  fields: unknown,
  validation: Pick<FieldValidation, 'addError'>,
): void {
  for (const { path, message } of validateConfigFields(fields ?? [])) {
    const [index] = path.split('.');
    validation.addError(
      index === '' ? message : `Field ${Number(index) + 1}: ${message}`,
    );
  }
}
