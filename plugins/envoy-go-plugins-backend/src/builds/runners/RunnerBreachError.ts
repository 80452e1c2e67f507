/** A runner sent what it must not: it is not to be trusted with anything. */
export class RunnerBreachError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RunnerBreachError';
  }
}
