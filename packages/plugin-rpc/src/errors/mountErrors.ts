import { ErrorCode } from '../wire/codes';
import { PluginRpcError } from './PluginRpcError';

/** The token is none that the core gave out. @public */
export class WrongTokenError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.WRONG_TOKEN, message, options);
  }
}

/** The token was right once, and has expired. @public */
export class ExpiredTokenError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.EXPIRED_TOKEN, message, options);
  }
}

/** A plugin of that name and version is mounted already. @public */
export class DuplicatePluginError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.DUPLICATE_PLUGIN, message, options);
  }
}

/** The plugin lacks a function of its interface, or has it with another signature. @public */
export class MissingFunctionError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.MISSING_FUNCTION, message, options);
  }
}

/** The core expects no plugin of that interface. @public */
export class UnknownInterfaceError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.UNKNOWN_INTERFACE, message, options);
  }
}

/** Core and plugin speak no protocol version in common. @public */
export class ProtocolVersionError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.PROTOCOL_VERSION, message, options);
  }
}

/** The mount request is malformed. @public */
export class InvalidMountError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.INVALID_MOUNT, message, options);
  }
}

/** One of the core's own validators said no. @public */
export class MountRefusedError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.REFUSED, message, options);
  }
}

/** The core is closing: it takes no plugins and no calls. @public */
export class CoreClosingError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.CLOSING, message, options);
  }
}
