import { LogLevel } from '../wire';

/** Facts beside a line's message. @public */
export type LogFields = Record<string, string | number | boolean | bigint>;

/** Writes lines. @public */
export interface CallLogger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** A logger over one function. */
export function createLogger(
  write: (level: LogLevel, message: string, fields?: LogFields) => void,
): CallLogger {
  return {
    debug: (message, fields) => write('debug', message, fields),
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
  };
}
