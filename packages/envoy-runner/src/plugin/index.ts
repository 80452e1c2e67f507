export * from './readPlugin';
