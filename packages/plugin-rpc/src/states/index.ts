export * from './callStates';
export * from './pluginStates';
export * from './transition';
