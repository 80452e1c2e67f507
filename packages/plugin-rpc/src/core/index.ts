export * from './Core';
export type { PluginInterface } from './Interfaces';
export { LogHub } from './LogHub';
export type { LogRecord } from './LogHub';
export type { MountedPlugin } from './MountedPlugin';
export { PluginRegistry } from './PluginRegistry';
export type { Choice, PluginQuery } from './PluginRegistry';
export { TokenRing } from './TokenRing';
export type { TokenOptions } from './TokenRing';
