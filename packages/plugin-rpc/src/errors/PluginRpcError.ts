/**
 * What every error of this library is. `code` is what it is called on the wire.
 *
 * @public
 */
export class PluginRpcError extends Error {
  constructor(
    readonly code: number,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}
