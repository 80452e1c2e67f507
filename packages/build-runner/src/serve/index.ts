export { describeRunner } from './describeRunner';
export { serveRunner } from './serveRunner';
export type { ServeRunnerOptions } from './serveRunner';
export { serveCommand } from './serveCommand';
