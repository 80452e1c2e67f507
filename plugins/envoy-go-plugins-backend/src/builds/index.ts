export * from './BuildOrder';
export * from './Builds';
export * from './ReleasePublisher';
export * from './runners';
