/** What a number of callers got done. */
export interface Load {
  callsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Processor time of the calling process, in µs; undefined where it is not measured. */
  cpuMicrosPerCall?: number;
}

/** Keeps `inFlight` calls running for `seconds` and measures each. */
export async function measure(
  call: () => Promise<unknown>,
  inFlight: number,
  seconds: number,
): Promise<Load> {
  const latencies: number[] = [];
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  const caller = async () => {
    for (let now = performance.now(); now < until; ) {
      await call();
      const then = performance.now();
      latencies.push(then - now);
      now = then;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  const elapsed = performance.now() - startedAt;
  const cpu = process.cpuUsage(cpuBefore);
  return {
    ...summarize(latencies, elapsed),
    cpuMicrosPerCall: (cpu.user + cpu.system) / latencies.length,
  };
}

function summarize(latencies: number[], elapsedMs: number): Load {
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return {
    callsPerSecond: (sorted.length / elapsedMs) * 1000,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

/** The round with the median throughput. */
export function medianLoad(rounds: Load[]): Load {
  return [...rounds].sort((a, b) => a.callsPerSecond - b.callsPerSecond)[
    Math.floor(rounds.length / 2)
  ];
}

export function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
