import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import type { JsonObject } from '@backstage/types';
import { parse } from 'yaml';

/**
 * The input that an example gives to an action.
 *
 * @param action - the action's id, which one of the example's steps must use
 */
export function inputOfExample<T extends JsonObject>(
  { example }: TemplateExample,
  action: string,
): T {
  const steps: Array<{ action: string; input: T }> = parse(example).steps;
  const step = steps.find(candidate => candidate.action === action);
  if (!step) {
    throw new Error(`The example has no step with the action ${action}`);
  }
  return step.input;
}
