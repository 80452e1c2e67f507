import { ServiceUnavailableError } from '@backstage/errors';

/** A program is neither there nor could it be installed. Its message says what to do. */
export class ToolUnavailableError extends ServiceUnavailableError {
  /** What the installation printed last. */
  readonly output: string;

  constructor(message: string, output = '') {
    super(message);
    this.output = output;
  }
}
