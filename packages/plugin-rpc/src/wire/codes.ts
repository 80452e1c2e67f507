/** The protocol versions this library speaks, from … to, both included. @public */
export const PROTOCOL_MIN = 1;
/** {@inheritDoc PROTOCOL_MIN} @public */
export const PROTOCOL_MAX = 1;

/** Payloads longer than this are split into chunks. */
export const CHUNK_BYTES = 64 * 1024;

/** The largest envelope that is read; larger ones end the stream. */
export const MAX_ENVELOPE_BYTES = 512 * 1024;

/** What a part or chunk costs beyond its own length, so that empty ones are not free. */
export const FRAME_COST = 64;

/** What a peer that does not say is taken to have. */
export const DEFAULT_CONCURRENCY = 1;
export const DEFAULT_MAX_PAYLOAD_BYTES = 4 * 1024 * 1024;
export const DEFAULT_WINDOW_BYTES = 256 * 1024;
export const DEFAULT_CODECS: readonly string[] = ['map', 'bytes'];

/** Why a mount or a call did not work, as on the wire. @public */
export const ErrorCode = {
  UNSPECIFIED: 0,
  WRONG_TOKEN: 1,
  EXPIRED_TOKEN: 2,
  DUPLICATE_PLUGIN: 3,
  MISSING_FUNCTION: 4,
  UNKNOWN_INTERFACE: 5,
  PROTOCOL_VERSION: 6,
  INVALID_MOUNT: 7,
  REFUSED: 8,
  CLOSING: 9,
  UNKNOWN_FUNCTION: 20,
  UNKNOWN_CODEC: 21,
  WRONG_TYPE: 22,
  PAYLOAD_TOO_LARGE: 23,
  HANDLER: 24,
  TIMEOUT: 25,
  CANCELLED: 26,
  PLUGIN_GONE: 27,
  PLUGIN_NOT_FOUND: 28,
  BUSY: 29,
} as const;

export const ShutdownReason = {
  UNSPECIFIED: 0,
  CORE_CLOSING: 1,
  REMOVED: 2,
  LOST: 3,
  PROTOCOL_ERROR: 4,
} as const;

/** Levels of a log line, from the least to the most urgent. @public */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** One of {@link LOG_LEVELS}. @public */
export type LogLevel = (typeof LOG_LEVELS)[number];
