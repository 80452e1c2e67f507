/** Stops listening. @public */
export type Unsubscribe = () => void;

/**
 * Typed events. A listener that throws does not disturb the others, nor what it was told
 * about: its error goes to `onListenerError`.
 */
export class Events<Map extends object> {
  readonly #listeners: {
    [Name in keyof Map]?: Set<(event: Map[Name]) => void>;
  } = {};
  readonly #onListenerError: (error: unknown, name: string) => void;

  constructor(onListenerError: (error: unknown, name: string) => void) {
    this.#onListenerError = onListenerError;
  }

  on<Name extends keyof Map>(
    name: Name,
    listener: (event: Map[Name]) => void,
  ): Unsubscribe {
    const listeners = this.#listeners[name] ?? new Set();
    listeners.add(listener);
    this.#listeners[name] = listeners;
    return () => {
      listeners.delete(listener);
    };
  }

  /** Whether anybody would hear it; saves making events for nobody. */
  has(name: keyof Map): boolean {
    return (this.#listeners[name]?.size ?? 0) > 0;
  }

  emit<Name extends keyof Map>(name: Name, event: Map[Name]): void {
    for (const listener of [...(this.#listeners[name] ?? [])]) {
      try {
        listener(event);
      } catch (error) {
        this.#onListenerError(error, String(name));
      }
    }
  }
}
