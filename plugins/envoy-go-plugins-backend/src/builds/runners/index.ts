export * from './RunnerJob';
export * from './RunnerPool';
