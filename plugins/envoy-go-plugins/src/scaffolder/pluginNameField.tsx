import { useState } from 'react';
import TextField from '@material-ui/core/TextField';
import type { FieldValidation } from '@rjsf/utils';
import type { ApiHolder } from '@backstage/core-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import {
  ENVOY_GO_PLUGIN_KIND,
  goPackageName,
  validatePluginName,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** The schema of the field `EnvoyGoPluginName`. */
export const pluginNameSchema = makeFieldSchema({
  output: z => z.string(),
});

/**
 * The scaffolder's field for a new plugin's name, which has to serve as repository, entity, filter and, without its
 * dashes, Go package. What is wrong is said as one types.
 */
export function EnvoyGoPluginName(props: typeof pluginNameSchema.TProps) {
  const { formData, onChange, rawErrors, schema, idSchema, required } = props;
  const [typed, setTyped] = useState(false);
  const name = formData ?? '';
  const problem = typed ? validatePluginName(name) : undefined;
  const hint =
    name && !validatePluginName(name)
      ? `Go package ${goPackageName(name)}, library lib${name}.so`
      : schema.description ??
        'Letters from a to z, digits and dashes, such as token-auth.';

  return (
    <TextField
      id={idSchema?.$id}
      label={schema.title ?? 'Name'}
      placeholder={props.placeholder}
      required={required}
      disabled={props.disabled || props.readonly}
      margin="normal"
      fullWidth
      value={name}
      error={Boolean(problem || rawErrors?.length)}
      helperText={problem ?? rawErrors?.[0] ?? hint}
      FormHelperTextProps={{ style: { marginLeft: 0 } }}
      inputProps={{ spellCheck: false, autoCapitalize: 'none' }}
      onChange={event => {
        setTyped(true);
        onChange(event.target.value);
      }}
    />
  );
}

/** Refuses names that cannot be used everywhere where they must, and those that the catalog has already. */
export async function validatePluginNameField(
  name: string | undefined,
  validation: Pick<FieldValidation, 'addError'>,
  context: { apiHolder: ApiHolder },
): Promise<void> {
  const problem = validatePluginName(name ?? '');
  if (problem) {
    validation.addError(problem);
    return;
  }
  const catalogApi = context.apiHolder.get(catalogApiRef);
  const taken = await catalogApi
    ?.getEntityByRef(`${ENVOY_GO_PLUGIN_KIND}:default/${name}`)
    // Whether the name is free is checked again when the repository is made; here it is a kindness.
    .catch(() => undefined);
  if (taken) {
    validation.addError(
      `The catalog has a plugin named "${name}" already; choose another name.`,
    );
  }
}
