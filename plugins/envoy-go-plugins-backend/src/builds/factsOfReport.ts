import type { ProofRow } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { BuildFacts } from './BuildStore';
import type { RunnerResult } from './runners';

/**
 * What pages show of what a runner came to.
 *
 * @param provenAt - ISO 8601, UTC
 */
export function factsOfReport(
  { report, runner, vulnerabilities }: RunnerResult,
  provenAt: string,
): BuildFacts {
  return {
    runner: runner.name,
    go: report.go,
    libraries: report.libraries.map(({ platform, digest, bytes }) => ({
      platform,
      digest,
      bytes,
    })),
    proofs: proofRowsOf(report, provenAt),
    vulnerabilities,
  };
}

/** How a build did in each Envoy. */
export function proofRowsOf(
  { compatibility }: RunnerResult['report'],
  provenAt: string,
): ProofRow[] {
  return compatibility.map(row => ({
    envoy: row.envoy ?? row.requested,
    platform: row.platform,
    outcome: row.outcome,
    reason: row.reason,
    cases: row.cases.map(({ name, outcome, differences, reason }) => ({
      name,
      outcome: outcome === 'not-run' ? 'could-not-run' : outcome,
      differences: [
        ...(reason === undefined ? [] : [reason]),
        ...differences.map(
          ({ field, expected, actual }) =>
            `${field}: expected ${expected}, was ${actual}`,
        ),
      ],
    })),
    provenAt,
  }));
}
