import { ErrorCode } from '../wire/codes';
import { PluginRpcError } from './PluginRpcError';

/** The other side has no function of that name. @public */
export class UnknownFunctionError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.UNKNOWN_FUNCTION, message, options);
  }
}

/** One of the sides does not know the codec. @public */
export class UnknownCodecError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.UNKNOWN_CODEC, message, options);
  }
}

/** A value was read as what it is not, or does not decode. @public */
export class WrongTypeError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.WRONG_TYPE, message, options);
  }
}

/** Arguments, a part or a result are larger than their receiver takes. @public */
export class PayloadTooLargeError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.PAYLOAD_TOO_LARGE, message, options);
  }
}

/** The function itself failed; the message says how. @public */
export class HandlerError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.HANDLER, message, options);
  }
}

/** There was no answer in time. @public */
export class CallTimeoutError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.TIMEOUT, message, options);
  }
}

/** The caller gave the call up. @public */
export class CallCancelledError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.CANCELLED, message, options);
  }
}

/** The other side went away while the call was running. @public */
export class PluginGoneError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.PLUGIN_GONE, message, options);
  }
}

/** No such plugin is mounted. @public */
export class PluginNotFoundError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.PLUGIN_NOT_FOUND, message, options);
  }
}

/** Too many calls wait already. @public */
export class BusyError extends PluginRpcError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(ErrorCode.BUSY, message, options);
  }
}
