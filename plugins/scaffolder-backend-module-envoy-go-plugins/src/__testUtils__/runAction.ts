import type { LoggerService } from '@backstage/backend-plugin-api';
import type { TemplateAction } from '@backstage/plugin-scaffolder-node';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import type { JsonObject } from '@backstage/types';

/**
 * Runs an action outside of a task.
 *
 * @returns what it put out
 */
export async function runAction<
  TInput extends JsonObject,
  TOutput extends JsonObject,
>(
  action: TemplateAction<TInput, TOutput>,
  options: {
    input: TInput;
    workspacePath?: string;
    logger?: LoggerService;
    signal?: AbortSignal;
  },
): Promise<Partial<TOutput>> {
  const { signal, ...context } = options;
  const outputs: Partial<TOutput> = {};
  await action.handler({
    ...createMockActionContext<TInput, TOutput>(context),
    signal,
    output: (name, value) => {
      outputs[name] = value;
    },
  });
  return outputs;
}
