import { useCallback, useEffect, useRef, useState } from 'react';
import { useApi, useApiHolder } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import { signalApiRef } from '@backstage/plugin-signals-react';
import type { BuildLogLine } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsBuildsApiRef } from '../../api';
import { useBuildChanges } from './useBuildChanges';

/** How often more lines are asked for where no signals come, in milliseconds. */
const LOOK_EVERY_MS = 1_500;
/** And where signals come, one of which may get lost. */
const LOOK_EVERY_WITH_SIGNALS_MS = 10_000;
/** As many as the backend gives at once. */
const LINES_AT_ONCE = 2_000;

interface BuildLog {
  /** Which log it is. */
  key: string;
  /** Grows by new arrays, so that whoever has an older one keeps it. */
  lines: readonly BuildLogLine[];
  /** Whether more lines are to come. */
  open: boolean;
  /** Whether all that there is was read. */
  complete: boolean;
  error?: Error;
}

/**
 * The log of a build, line by line as it is written. What is there already is kept; only what came after is asked for.
 *
 * @param attempt - a number that changes when the log begins anew
 */
export function useBuildLog(buildId: string, attempt: number) {
  const api = useApi(envoyGoPluginsBuildsApiRef);
  const hasSignals = Boolean(useApiHolder().get(signalApiRef));
  const key = `${buildId} ${attempt}`;
  const [log, setLog] = useState<BuildLog>();
  const present = log?.key === key ? log : undefined;
  // What the reading that is under way has to look at when it is done: whether to begin again.
  const reading = useRef({ key, busy: false, again: false, after: 0 });

  const read = useCallback(async () => {
    let state = reading.current;
    if (state.key !== key) {
      state = { key, busy: false, again: false, after: 0 };
      reading.current = state;
    }
    if (state.busy) {
      state.again = true;
      return;
    }
    state.busy = true;
    try {
      let more = true;
      while (more && reading.current === state) {
        state.again = false;
        const { after } = state;
        const part = await api.getBuildLog(buildId, {
          after,
          limit: LINES_AT_ONCE,
        });
        if (reading.current !== state) {
          return;
        }
        const full = part.lines.length >= LINES_AT_ONCE;
        more = full || state.again;
        state.after = Math.max(after, part.last);
        setLog(current => {
          const before = current?.key === key ? current.lines : [];
          return {
            key,
            lines: part.lines.length > 0 ? [...before, ...part.lines] : before,
            open: part.open,
            complete: !full,
          };
        });
      }
    } catch (thrown) {
      if (reading.current === state) {
        const error = toError(thrown);
        setLog(current => ({
          ...(current?.key === key
            ? current
            : { key, lines: [], open: true, complete: false }),
          error,
        }));
      }
    } finally {
      state.busy = false;
    }
  }, [api, buildId, key]);

  useEffect(() => {
    read();
    return () => {
      reading.current = { key: '', busy: false, again: false, after: 0 };
    };
  }, [read]);

  const over = present !== undefined && !present.open && present.complete;
  useEffect(() => {
    if (over) {
      return undefined;
    }
    const timer = setInterval(
      () => {
        if (document.visibilityState !== 'hidden') {
          read();
        }
      },
      hasSignals ? LOOK_EVERY_WITH_SIGNALS_MS : LOOK_EVERY_MS,
    );
    return () => clearInterval(timer);
  }, [over, hasSignals, read]);
  useBuildChanges(() => {
    if (!over) {
      read();
    }
  }, buildId);

  return {
    /** `undefined` while nothing is known yet. */
    lines: present?.lines,
    open: present?.open ?? true,
    complete: present?.complete ?? false,
    /** Why what is there is not all. */
    error: present?.error,
    retry: read,
  };
}
