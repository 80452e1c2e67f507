export { planModulePath } from './planModulePath';
export type { ModulePathPlan } from './planModulePath';
export {
  readModules,
  rewriteGoImports,
  rewriteGoMod,
} from './rewriteModulePath';
export type { ModulePathChange } from './rewriteModulePath';
