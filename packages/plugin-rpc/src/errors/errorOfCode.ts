import * as callErrors from './callErrors';
import * as mountErrors from './mountErrors';
import { PluginRpcError } from './PluginRpcError';

type ErrorClass = new (
  message: string,
  options?: { cause?: unknown },
) => PluginRpcError;

const CLASSES: ReadonlyMap<number, ErrorClass> = new Map(
  [...Object.values(mountErrors), ...Object.values(callErrors)].map(
    errorClass => [new errorClass('').code, errorClass],
  ),
);

/** The error of a Failure that came over the wire. */
export function callErrorOfCode(code: number, message: string): PluginRpcError {
  const errorClass = CLASSES.get(code) ?? callErrors.HandlerError;
  return new errorClass(message);
}

/** The error of a MountResult that came over the wire. */
export function mountErrorOfCode(
  code: number,
  message: string,
): PluginRpcError {
  const errorClass = CLASSES.get(code) ?? mountErrors.MountRefusedError;
  return new errorClass(message);
}
