import { createFormField } from '@backstage/plugin-scaffolder-react/alpha';
import {
  EnvoyGoConfigFields,
  configFieldsSchema,
  validateConfigFieldsField,
} from './configFieldsField';
import {
  EnvoyGoPluginName,
  pluginNameSchema,
  validatePluginNameField,
} from './pluginNameField';
import {
  EnvoyGoRepositoryPicker,
  repositorySchema,
  validateRepositoryField,
} from './repositoryField';

export const envoyGoPluginNameField = createFormField({
  name: 'EnvoyGoPluginName',
  component: EnvoyGoPluginName,
  validation: validatePluginNameField,
  schema: pluginNameSchema,
});

export const envoyGoConfigFieldsField = createFormField({
  name: 'EnvoyGoConfigFields',
  component: EnvoyGoConfigFields,
  validation: validateConfigFieldsField,
  schema: configFieldsSchema,
});

export const envoyGoRepositoryPickerField = createFormField({
  name: 'EnvoyGoRepositoryPicker',
  component: EnvoyGoRepositoryPicker,
  validation: (repoUrl, validation, context) =>
    validateRepositoryField(repoUrl, validation, context),
  schema: repositorySchema,
});
