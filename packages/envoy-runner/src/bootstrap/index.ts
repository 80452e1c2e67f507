export * from './renderBootstrap';
