/** Where a plugin is in its life. @public */
export type PluginState =
  | 'dialing'
  | 'mounting'
  | 'mounted'
  | 'lost'
  | 'unmounted'
  | 'shut down';

/**
 * What may follow what. The plugin's side runs through all of it; the core's begins at
 * `mounting` and never leaves the last three, since what comes back is a fresh mount.
 *
 * @public
 */
export const PLUGIN_STATES: Readonly<
  Record<PluginState, readonly PluginState[]>
> = {
  // Connecting. Goes on until the core is reached or somebody calls unmount.
  dialing: ['mounting', 'unmounted'],
  // The MountRequest is out. A refusal or a broken stream is a loss.
  mounting: ['mounted', 'lost', 'unmounted', 'shut down'],
  mounted: ['lost', 'unmounted', 'shut down'],
  // Beats are missing, the stream broke or the mount was refused.
  lost: ['dialing', 'unmounted'],
  // The plugin left.
  unmounted: ['dialing'],
  // The core sent it away; after CORE_CLOSING it dials again.
  'shut down': ['dialing', 'unmounted'],
};
