import type { Handler } from '@envoy-go/plugin-rpc';
import type { BuildSourceHandlers } from './build-source.generated';

/**
 * What a core offers to runners (`new Core({ functions })`): the handlers, without their
 * types.
 *
 * @public
 */
export function createBuildSourceFunctions(
  handlers: BuildSourceHandlers,
): Record<string, Handler> {
  return {
    source: ctx =>
      handlers.source({ build: ctx.map().getString('build') }, ctx, part =>
        ctx.part(part),
      ),
  };
}
