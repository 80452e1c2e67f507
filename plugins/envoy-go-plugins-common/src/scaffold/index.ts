export {
  CONFIG_FIELD_TYPES,
  type ConfigField,
  type ConfigFieldType,
  type ScaffoldProblem,
} from './ConfigField';
export { configFieldsToJsonSchema } from './configFieldsToJsonSchema';
export { exampleConfig } from './exampleConfig';
export { goPackageName } from './goNames';
export {
  renderGoConfig,
  renderGoConfigTest,
  type RenderGoConfigOptions,
} from './renderGoConfig';
export { isConfigFields, validateConfigFields } from './validateConfigFields';
export {
  modulePathOfRepository,
  validateModulePath,
} from './validateModulePath';
export { validatePluginName } from './validatePluginName';
