export * from './checkConfigSchema';
export * from './configDefaults';
export {
  createConfigValidator,
  type ConfigValidator,
} from './createConfigValidator';
export * from './describeSchema';
export type { FieldProblem } from './FieldProblem';
export type { FieldPath } from './fieldPath';
