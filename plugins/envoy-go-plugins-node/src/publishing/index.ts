export * from './PublishCheck';
export * from './envoyGoPluginsPublishingExtensionPoint';
