import type { CallContext } from '@envoy-go/plugin-rpc';
import { BuildSourceClient } from './build-source.generated';

/** Asks the core whose call is being answered. */
export function sourceOfCaller(ctx: CallContext): BuildSourceClient {
  return new BuildSourceClient({
    call: (_, name, args, options) => ctx.call(name, args, options),
  });
}
