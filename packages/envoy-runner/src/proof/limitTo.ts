/** Makes a function that runs at most so many tasks at once; the others wait their turn. */
export function limitTo(
  count: number,
): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async task => {
    while (running >= count) {
      await new Promise<void>(wake => waiting.push(wake));
    }
    running += 1;
    try {
      return await task();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}
