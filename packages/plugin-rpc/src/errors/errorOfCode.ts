import * as callErrors from './callErrors';
import * as mountErrors from './mountErrors';
import { PluginRpcError } from './PluginRpcError';

type ErrorClass = new (
  message: string,
  options?: { cause?: unknown },
) => PluginRpcError;

const CLASSES: ReadonlyMap<number, ErrorClass> = new Map(
  [...Object.values(mountErrors), ...Object.values(callErrors)].map(
    ErrorOfCode => [new ErrorOfCode('').code, ErrorOfCode],
  ),
);

/** The error of a Failure that came over the wire. */
export function callErrorOfCode(code: number, message: string): PluginRpcError {
  const ErrorOfCode = CLASSES.get(code) ?? callErrors.HandlerError;
  return new ErrorOfCode(message);
}

/** The error of a MountResult that came over the wire. */
export function mountErrorOfCode(
  code: number,
  message: string,
): PluginRpcError {
  const ErrorOfCode = CLASSES.get(code) ?? mountErrors.MountRefusedError;
  return new ErrorOfCode(message);
}
