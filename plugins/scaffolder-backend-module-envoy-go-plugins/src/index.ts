/**
 * Scaffolder actions for Envoy filters written in Go.
 *
 * @packageDocumentation
 */
export { scaffolderModuleEnvoyGoPlugins as default } from './module';
export { createCheckTargetAction } from './actions/checkTarget';
export { createProveAction } from './actions/prove';
export { createRenderConfigAction } from './actions/renderConfig';
export { createStartFromAction } from './actions/startFrom';
export { createTidyUpAction } from './actions/tidyUp';
export { createWriteLicenceAction } from './actions/writeLicence';
