import type { ProofRow } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** What a plugin's tests may make us keep at most. */
const LIMITS = { cases: 200, differences: 20, characters: 1_000 };

/**
 * What is known with what came later: of the same Envoy the later counts, unless it could
 * not run.
 */
export function mergeProofRows(
  known: ProofRow[],
  later: ProofRow[],
): ProofRow[] {
  const keyOf = ({ envoy, platform }: ProofRow) => `${envoy} ${platform}`;
  const rows = new Map(known.map(row => [keyOf(row), row]));
  for (const row of later) {
    if (row.outcome !== 'could-not-run' || !rows.has(keyOf(row))) {
      rows.set(keyOf(row), row);
    }
  }
  return [...rows.values()].sort(
    (a, b) =>
      a.envoy.localeCompare(b.envoy, 'en', { numeric: true }) ||
      a.platform.localeCompare(b.platform),
  );
}

/** As much of proofs as is kept. */
export function boundProofRows(rows: ProofRow[]): ProofRow[] {
  return rows.map(row => ({
    ...row,
    envoy: short(row.envoy),
    reason: row.reason && short(row.reason),
    cases: row.cases.slice(0, LIMITS.cases).map(one => ({
      ...one,
      name: short(one.name),
      differences: [
        ...one.differences.slice(0, LIMITS.differences).map(short),
        ...(one.differences.length > LIMITS.differences
          ? [`and ${one.differences.length - LIMITS.differences} more`]
          : []),
      ],
    })),
  }));
}

function short(text: string): string {
  return text.length > LIMITS.characters
    ? `${text.slice(0, LIMITS.characters)}…`
    : text;
}
