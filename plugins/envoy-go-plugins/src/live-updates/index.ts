export { pluginFactsKey, pluginListKey } from './factsKey';
export type { PluginFactsKey, PluginFactsPart } from './factsKey';
export { LIVE_ANSWERS } from './liveAnswers';
export { LiveAnnouncement } from './LiveAnnouncement';
export { useLiveUpdates } from './useLiveUpdates';
export * from './useSignalledChanges';
