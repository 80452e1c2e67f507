import { InvalidMountError, ProtocolVersionError } from '../errors';
import { MountRequestFrame, PROTOCOL_MAX, PROTOCOL_MIN } from '../wire';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/;
const FUNCTION = /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/;
const MAX_FUNCTIONS = 1000;
const MAX_SIGNATURE = 4096;

/**
 * The highest protocol version that both speak.
 *
 * @throws ProtocolVersionError
 */
export function negotiateProtocol(request: MountRequestFrame): number {
  const version = Math.min(request.protocolMax, PROTOCOL_MAX);
  if (version < request.protocolMin || version < PROTOCOL_MIN) {
    throw new ProtocolVersionError(
      `The plugin speaks protocol ${request.protocolMin} to ${request.protocolMax}, this core ${PROTOCOL_MIN} to ${PROTOCOL_MAX}; upgrade the older of them`,
    );
  }
  return version;
}

function check(value: string, pattern: RegExp, what: string): void {
  if (!pattern.test(value)) {
    throw new InvalidMountError(
      `${what} is ${JSON.stringify(
        value.slice(0, 60),
      )}; it must have 1 to 128 characters of A-Z a-z 0-9 . _ - and begin with a letter or digit`,
    );
  }
}

/**
 * The form of a mount request.
 *
 * @throws InvalidMountError
 */
export function checkMountRequest(request: MountRequestFrame): void {
  check(request.name, NAME, "The plugin's name");
  check(request.version, VERSION, "The plugin's version");
  if (request.interface !== '') {
    check(request.interface, NAME, "The plugin's interface");
  }
  if (request.functions.length > MAX_FUNCTIONS) {
    throw new InvalidMountError(
      `The plugin has ${request.functions.length} functions; at most ${MAX_FUNCTIONS} are taken`,
    );
  }
  const names = new Set<string>();
  for (const { name, signature } of request.functions) {
    check(name, FUNCTION, 'A function name');
    if (signature.length > MAX_SIGNATURE) {
      throw new InvalidMountError(
        `The signature of "${name}" is longer than ${MAX_SIGNATURE} characters`,
      );
    }
    if (names.has(name)) {
      throw new InvalidMountError(`The function "${name}" is named twice`);
    }
    names.add(name);
  }
}
