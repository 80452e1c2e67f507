export {
  envoyGoConfigFieldsField,
  envoyGoPluginNameField,
  envoyGoRepositoryPickerField,
} from './formFields';
