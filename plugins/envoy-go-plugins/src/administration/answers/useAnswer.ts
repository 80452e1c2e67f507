import { useCallback, useEffect, useState } from 'react';
import { toError } from '@backstage/errors';

/** What the backend answered last, and what is happening about the next answer. */
export interface Answer<T> {
  /** The latest answer; it stays while the next is loading. */
  value?: T;
  /** Whether the answer to the present question is still to come. */
  loading: boolean;
  /** Why the present question has no answer. */
  error?: Error;
  /** Why what is shown could not be brought up to date. */
  refreshError?: Error;
  /** Asks the same again; what is shown stays until the answer is there. */
  refresh: () => void;
  /** Asks the same again after a failure, and says that it is loading. */
  retry: () => void;
}

interface Settled<T> {
  /** The question that was answered. */
  key: string;
  value?: T;
  error?: Error;
  refreshError?: Error;
}

/**
 * Asks the backend, anew whenever the question changes. An answer that comes after the question has changed is dropped.
 *
 * @param question - goes into the key by which questions are told apart, so it has to be JSON
 */
export function useAnswer<Q, T>(
  question: Q,
  ask: (question: Q) => Promise<T>,
): Answer<T> {
  const [attempt, setAttempt] = useState(0);
  const [refreshes, setRefreshes] = useState(0);
  const [settled, setSettled] = useState<Settled<T>>();
  const text = JSON.stringify(question);
  const key = `${attempt} ${text}`;

  useEffect(() => {
    let current = true;
    ask(JSON.parse(text)).then(
      value => {
        if (current) {
          setSettled({ key, value });
        }
      },
      thrown => {
        if (current) {
          const error = toError(thrown);
          setSettled(last =>
            last?.key === key && last.value !== undefined
              ? { ...last, refreshError: error }
              : { key, value: last?.value, error },
          );
        }
      },
    );
    return () => {
      current = false;
    };
  }, [ask, text, key, refreshes]);

  const refresh = useCallback(() => setRefreshes(count => count + 1), []);
  const retry = useCallback(() => setAttempt(count => count + 1), []);
  const loading = settled?.key !== key;
  return {
    value: settled?.value,
    loading,
    error: loading ? undefined : settled?.error,
    refreshError: loading ? undefined : settled?.refreshError,
    refresh,
    retry,
  };
}
