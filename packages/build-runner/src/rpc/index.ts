export {
  BuildRunnerClient,
  buildRunnerInterface,
  createBuildRunnerPlugin,
} from './build-runner-1.0.0/ts/build-runner.generated';
export type {
  BuildArgs,
  BuildPart,
  BuildResult,
  BuildRunnerHandlers,
  DescribeArgs,
  DescribeResult,
} from './build-runner-1.0.0/ts/build-runner.generated';
export { BuildSourceClient } from './build-source-1.0.0/ts/build-source.generated';
export type {
  BuildSourceHandlers,
  SourceArgs,
  SourcePart,
  SourceResult,
} from './build-source-1.0.0/ts/build-source.generated';
export { createBuildSourceFunctions } from './build-source-1.0.0/ts/handlers';
export { sourceOfCaller } from './build-source-1.0.0/ts/plugin';
