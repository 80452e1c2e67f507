export * from './checkConfigSchema';
export * from './configDefaults';
export {
  createConfigValidator,
  type ConfigValidator,
} from './createConfigValidator';
export * from './describeSchema';
export { CONFIG_LIMITS } from './documentLimits';
export type { FieldProblem } from './FieldProblem';
export { formatFieldPath, type FieldPath } from './fieldPath';
