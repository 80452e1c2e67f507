import { Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';

/** How long requests took, in milliseconds, and how many were answered a second. */
export interface Measurement {
  requests: number;
  perSecond: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** Asks once and reads the answer to its end. */
export function fetchText(options: {
  url: string;
  token: string;
  agent?: Agent;
}): Promise<string> {
  return new Promise((resolve, reject) => {
    get(
      options.url,
      {
        agent: options.agent,
        headers: { authorization: `Bearer ${options.token}` },
      },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if (response.statusCode === 200) {
            resolve(text);
          } else {
            reject(
              new Error(`${options.url}: ${response.statusCode}: ${text}`),
            );
          }
        });
      },
    ).on('error', reject);
  });
}

/** Readers that each ask the next question as soon as the last one is answered. */
export async function measure(options: {
  readers: number;
  durationMs: number;
  token: string;
  nextUrl: () => string;
}): Promise<Measurement> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.readers });
  const latencies: number[] = [];
  const until = performance.now() + options.durationMs;
  await Promise.all(
    Array.from({ length: options.readers }, async () => {
      while (performance.now() < until) {
        const started = performance.now();
        await fetchText({
          url: options.nextUrl(),
          token: options.token,
          agent,
        });
        latencies.push(performance.now() - started);
      }
    }),
  );
  agent.destroy();
  latencies.sort((a, b) => a - b);
  const percentile = (share: number) =>
    latencies[
      Math.min(latencies.length - 1, Math.floor(share * latencies.length))
    ];
  return {
    requests: latencies.length,
    perSecond: latencies.length / (options.durationMs / 1000),
    p50: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
    max: percentile(1),
  };
}
