import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';

/** Ticks of Linux's clock in a second. */
const TICKS = 100;

/** Starts to look how busy the machine is; call what it returns to hear it in words. */
export function watchProcessors(): () => string {
  const startedAt = performance.now();
  const before = busyTicks();
  return () => {
    const seconds = (performance.now() - startedAt) / 1000;
    const busy = (busyTicks() - before) / TICKS / seconds;
    return `${busy.toFixed(
      2,
    )} of ${availableParallelism()} cores busy (whoever used them), load ${loadavg()[0].toFixed(
      1,
    )}`;
  };
}

/** Of all processors, with anybody's work. @see https://man7.org/linux/man-pages/man5/proc_stat.5.html */
function busyTicks(): number {
  const [, user, nice, system, , , irq, softirq] = readFileSync(
    '/proc/stat',
    'utf8',
  )
    .split('\n')[0]
    .split(/\s+/)
    .map(Number);
  return user + nice + system + irq + softirq;
}
