/**
 * Makes something be called once for all that is asked for within a time: when the time is
 * over, so never more often than that.
 *
 * @param withinMs - in milliseconds
 */
export function gather(withinMs: number, call: () => void): () => void {
  let waiting: NodeJS.Timeout | undefined;
  return () => {
    waiting ??= setTimeout(() => {
      waiting = undefined;
      call();
    }, withinMs)
      // It must not keep a process alive
      .unref();
  };
}
