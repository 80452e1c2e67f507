import type { LoggerService } from '@backstage/backend-plugin-api';
import type { JsonObject } from '@backstage/types';

/** One JSON object a line, as Backstage's own production log, so that both can be read alike. */
export function createLogger(
  write: (line: string) => void,
  now: () => Date,
): LoggerService {
  const log =
    (level: string) =>
    (message: string, meta?: Error | JsonObject): void =>
      write(
        `${JSON.stringify({
          level,
          message,
          service: 'event-intake',
          timestamp: now().toISOString(),
          ...(meta instanceof Error ? { stack: meta.stack } : meta),
        })}\n`,
      );
  const logger: LoggerService = {
    error: log('error'),
    warn: log('warn'),
    info: log('info'),
    debug() {},
    child: () => logger,
  };
  return logger;
}
