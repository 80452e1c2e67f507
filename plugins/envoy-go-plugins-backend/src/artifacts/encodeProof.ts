import type { ProofReport } from '@envoy-go/envoy-runner';
import { encodeJson } from './ociContent';

/**
 * A proof's report as everybody may read it: without the paths of the machine that it was
 * made on.
 */
export function encodeProof(report: ProofReport): Buffer {
  return encodeJson({
    outcome: report.outcome,
    durationMs: report.durationMs,
    results: report.results.map(({ plugin, envoy, ...run }) => ({
      ...run,
      plugin: { name: plugin.name },
      envoy: {
        requested: envoy.version ?? envoy.requested,
        version: envoy.version,
        source: envoy.source,
        sha256: envoy.sha256,
      },
    })),
  });
}
