import {
  resolvePackagePath,
  resolveSafeChildPath,
} from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { formatReport } from '@envoy-go/envoy-runner';
import { type RunnerCommand, runRunner } from '../proof/runRunner';
import { examples } from './prove.examples';

/** A version, whole or shortened (`1.40`); never an option or a path. */
const ENVOY_VERSION = /^[0-9]+(\.[0-9]+){0,2}$/;

/** How long a proof may take, the first download of Envoy and the Go toolchain included: 15 minutes. */
const DEFAULT_TIMEOUT_MS = 15 * 60_000;

/**
 * Creates the action `envoy-go-plugins:prove`, which builds the filter in the workspace and
 * sends the requests of its proof through real Envoys. Only `failed` fails the task: where it
 * could not run, the log says why.
 *
 * @public
 */
export function createProveAction(options: {
  /**
   * Whether plugins may be built and run on this machine, in a process beside the backend;
   * `envoyGoPlugins.scaffolder.prove` in app-config.
   */
  allowed: boolean;
  /** How to start envoy-runner; by default with the Node that runs the backend. */
  command?: RunnerCommand;
  /** The environment to pass on the harmless part of. */
  env?: NodeJS.ProcessEnv;
  /** After which a proof counts as hanging, in milliseconds; by default 15 minutes. */
  timeoutMs?: number;
}) {
  const {
    allowed,
    env = process.env,
    timeoutMs = DEFAULT_TIMEOUT_MS,
  } = options;
  return createTemplateAction({
    id: 'envoy-go-plugins:prove',
    description:
      'Builds the filter in the workspace and sends the requests of its envoy-proof.yaml through real Envoys.',
    examples,
    schema: {
      input: {
        targetPath: z =>
          z
            .string({
              description:
                'The folder of the filter in the workspace; by default the workspace itself',
            })
            .optional(),
        envoys: z =>
          z
            .array(z.string(), {
              description:
                'Versions of Envoy; by default the lowest and the highest that the entity claims',
            })
            .optional(),
      },
      output: {
        outcome: z =>
          z.enum(['passed', 'could-not-run'], {
            description:
              'Whether it was proven. A proof that fails fails the task.',
          }),
      },
    },
    async handler(ctx) {
      const directory = resolveSafeChildPath(
        ctx.workspacePath,
        ctx.input.targetPath ?? '.',
      );
      const { envoys = [] } = ctx.input;
      const strange = envoys.find(envoy => !ENVOY_VERSION.test(envoy));
      if (strange !== undefined) {
        throw new InputError(
          `"${strange}" is no version of Envoy; write one such as "1.40.0".`,
        );
      }
      if (!allowed) {
        ctx.logger.warn(
          'Not proven: this portal does not build plugins. Run `make prove` in the repository, or have envoyGoPlugins.scaffolder.prove set to true in app-config.',
        );
        ctx.output('outcome', 'could-not-run');
        return;
      }
      const report = await runRunner({
        command: options.command ?? {
          program: process.execPath,
          args: [
            resolvePackagePath('@envoy-go/envoy-runner', 'bin/envoy-runner'),
          ],
        },
        directory,
        envoys,
        logger: ctx.logger,
        env,
        timeoutMs,
        signal: ctx.signal,
      });
      for (const line of formatReport(report).split('\n')) {
        ctx.logger.info(line);
      }
      if (report.outcome === 'failed') {
        throw new Error(
          'The filter does not do what its envoy-proof.yaml says; the log above shows the difference.',
        );
      }
      if (report.outcome === 'could-not-run') {
        ctx.logger.warn(
          'Not proven: see the reason above. Run `make prove` in the repository.',
        );
      }
      ctx.output('outcome', report.outcome);
    },
  });
}
