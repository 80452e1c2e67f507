export { envoyGoConfigFieldsField, envoyGoPluginNameField } from './formFields';
