export { importModule } from './importModule';
