export { useConnectedRunners } from './useConnectedRunners';
export { useBuild } from './useBuild';
export type { ChangeBuild } from './useBuild';
export { useBuildChanges } from './useBuildChanges';
export { useBuildLog } from './useBuildLog';
