import { useCallback, useState } from 'react';
import { toError } from '@backstage/errors';

/** Does one thing at a time, and keeps why the last was not done. */
export function useAction() {
  const [busy, setBusy] = useState<string>();
  const [error, setError] = useState<Error>();

  const run = useCallback(
    async (name: string, act: () => Promise<void>): Promise<boolean> => {
      setBusy(name);
      setError(undefined);
      try {
        await act();
        return true;
      } catch (thrown) {
        setError(toError(thrown));
        return false;
      } finally {
        setBusy(undefined);
      }
    },
    [],
  );

  return { busy, error, run };
}
