/**
 * Makes something be called at most once in a time: at once, and when it was asked for
 * again meanwhile, once more afterwards.
 *
 * @param intervalMs - in milliseconds
 */
export function atMostEvery(intervalMs: number, call: () => void): () => void {
  let waiting: NodeJS.Timeout | undefined;
  let again = false;
  const callNow = () => {
    again = false;
    waiting = setTimeout(() => {
      waiting = undefined;
      if (again) {
        callNow();
      }
    }, intervalMs);
    // It must not keep a process alive
    waiting.unref();
    call();
  };
  return () => {
    if (waiting) {
      again = true;
    } else {
      callNow();
    }
  };
}
