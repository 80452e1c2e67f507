export * from './pluginChanged';
