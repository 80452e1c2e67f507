export * from './Plugin';
export type { ReconnectOptions } from './pauses';
