/** Where the intake says what happens; a Backstage `LoggerService` is one. */
export interface IntakeLogger {
  error(message: string, meta?: Error): void;
  warn(message: string, meta?: Error): void;
  info(message: string): void;
}
