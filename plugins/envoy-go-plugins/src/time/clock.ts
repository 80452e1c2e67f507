/** How often the time on a page moves on, in milliseconds. */
const TICK_MS = 20_000;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** The time for all that shows how long ago something was: one timer, however many there are, and none without any. */
export const clock = {
  /** In milliseconds since the epoch, the same between two ticks. */
  now(): number {
    return Math.floor(Date.now() / TICK_MS) * TICK_MS;
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    timer ??= setInterval(() => listeners.forEach(one => one()), TICK_MS);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) {
        clearInterval(timer);
        timer = undefined;
      }
    };
  },
};
