import { Suspense, lazy } from 'react';
import { Progress } from '@backstage/core-components';
import { createScaffolderFieldExtension } from '@backstage/plugin-scaffolder-react';
import type { ConfigField } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { configFieldsSchema } from './configFieldsField';
import type { pluginNameSchema } from './pluginNameField';
import type { repositorySchema } from './repositoryField';

const LazyPluginName = lazy(() =>
  import('./pluginNameField').then(m => ({ default: m.EnvoyGoPluginName })),
);
const LazyConfigFields = lazy(() =>
  import('./configFieldsField').then(m => ({ default: m.EnvoyGoConfigFields })),
);

const LazyRepositoryPicker = lazy(() =>
  import('./repositoryField').then(m => ({
    default: m.EnvoyGoRepositoryPicker,
  })),
);

function PluginName(props: typeof pluginNameSchema.TProps) {
  return (
    <Suspense fallback={<Progress />}>
      <LazyPluginName {...props} />
    </Suspense>
  );
}

function ConfigFields(props: typeof configFieldsSchema.TProps) {
  return (
    <Suspense fallback={<Progress />}>
      <LazyConfigFields {...props} />
    </Suspense>
  );
}

function RepositoryPicker(props: typeof repositorySchema.TProps) {
  return (
    <Suspense fallback={<Progress />}>
      <LazyRepositoryPicker {...props} />
    </Suspense>
  );
}

/** `EnvoyGoPluginName` for the legacy frontend system, to be provided by a plugin. */
export const pluginNameFieldExtension = createScaffolderFieldExtension<string>({
  name: 'EnvoyGoPluginName',
  component: PluginName,
  validation: async (...args) => {
    const { validatePluginNameField } = await import('./pluginNameField');
    await validatePluginNameField(...args);
  },
});

/** `EnvoyGoConfigFields` for the legacy frontend system, to be provided by a plugin. */
export const configFieldsFieldExtension = createScaffolderFieldExtension<
  ConfigField[],
  { pluginNameField?: string }
>({
  name: 'EnvoyGoConfigFields',
  component: ConfigFields,
  validation: async (fields, validation) => {
    const { validateConfigFieldsField } = await import('./configFieldsField');
    validateConfigFieldsField(fields, validation);
  },
});

/** `EnvoyGoRepositoryPicker` for the legacy frontend system, to be provided by a plugin. */
export const repositoryPickerFieldExtension = createScaffolderFieldExtension<
  string,
  { pluginNameField?: string }
>({
  name: 'EnvoyGoRepositoryPicker',
  component: RepositoryPicker,
  validation: async (repoUrl, validation, context) => {
    const { validateRepositoryField } = await import('./repositoryField');
    await validateRepositoryField(repoUrl, validation, context);
  },
});
