import { Unsubscribe } from '../events/Events';
import { LOG_LEVELS, LogBatch, LogLevel } from '../wire';

/** A line that a plugin wrote. @public */
export interface LogRecord {
  /** NAME@VERSION of the plugin. */
  plugin: string;
  level: LogLevel;
  message: string;
  /** By the plugin's clock. */
  time: Date;
  fields: Record<string, string>;
  /** Id of the call it was written in. */
  callId: number | undefined;
}

/** Whether `level` is at least `lowest`. */
export function reaches(level: LogLevel, lowest: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(lowest);
}

/** Where lines go. */
export interface LogEvents {
  on(name: 'log', listener: (record: LogRecord) => void): Unsubscribe;
  has(name: 'log'): boolean;
  emit(name: 'log', record: LogRecord): void;
}

/**
 * Gathers the lines of all plugins.
 *
 * @public
 */
export class LogHub {
  /** Lines below it are left out; plugins do not even send them. */
  readonly level: LogLevel;
  readonly #events: LogEvents;
  #received = 0;
  #dropped = 0;

  constructor(level: LogLevel, events: LogEvents) {
    this.level = level;
    this.#events = events;
  }

  /** Lines that came, and lines that plugins dropped because they wrote too many. */
  get counts(): { received: number; dropped: number } {
    return { received: this.#received, dropped: this.#dropped };
  }

  /** Hears the lines of one plugin or of all, from a level on. */
  subscribe(
    listener: (record: LogRecord) => void,
    options: { plugin?: string; level?: LogLevel } = {},
  ): Unsubscribe {
    const { plugin, level = this.level } = options;
    return this.#events.on('log', record => {
      if (
        (plugin === undefined || record.plugin === plugin) &&
        reaches(record.level, level)
      ) {
        listener(record);
      }
    });
  }

  take(plugin: string, batch: LogBatch): void {
    this.#received += batch.lines.length;
    this.#dropped += batch.dropped;
    if (!this.#events.has('log')) {
      return;
    }
    for (const line of batch.lines) {
      if (reaches(line.level, this.level)) {
        this.#events.emit('log', {
          plugin,
          level: line.level,
          message: line.message,
          time: new Date(line.timeMs),
          fields: line.fields,
          callId: line.callId === 0 ? undefined : line.callId,
        });
      }
    }
    if (batch.dropped > 0) {
      this.#events.emit('log', {
        plugin,
        level: 'warn',
        message: `${batch.dropped} lines were dropped: more was written than is read`,
        time: new Date(),
        fields: {},
        callId: undefined,
      });
    }
  }
}
