import { Payload } from '../codec';
import { CallOptions } from '../conversation';
import { PluginState } from '../states';
import { FunctionDeclaration } from '../wire';

/**
 * A plugin as the core sees it. It stays the same object for one mount; what comes back
 * later is another.
 *
 * @public
 */
export interface MountedPlugin {
  readonly name: string;
  readonly version: string;
  /** NAME@VERSION. */
  readonly id: string;
  readonly interface: string;
  readonly functions: readonly FunctionDeclaration[];
  readonly labels: Readonly<Record<string, string>>;
  /** How many calls it takes at once. */
  readonly concurrency: number;
  readonly mountedAt: Date;
  readonly state: PluginState;
  /** Whether it is about to go, and takes no new calls. */
  readonly leaving: boolean;
  /** When something last came from it. */
  readonly lastSeenAt: Date;
  /** Calls made to it and not settled. */
  readonly pendingCalls: number;
  /**
   * Calls one of its functions.
   *
   * @throws PluginNotFoundError, UnknownFunctionError, UnknownCodecError,
   * PayloadTooLargeError, WrongTypeError, BusyError, CallTimeoutError,
   * CallCancelledError, PluginGoneError, HandlerError
   */
  call(name: string, args?: unknown, options?: CallOptions): Promise<Payload>;
  /** Sends it away for good, once it has answered what it runs (at most `grace` ms). */
  remove(message: string, options?: { grace?: number }): Promise<void>;
}
