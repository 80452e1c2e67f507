export * from './callErrors';
export * from './errorOfCode';
export * from './mountErrors';
export * from './PluginRpcError';
