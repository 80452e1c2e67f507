import { compareEnvoyMinors } from './facetVocabulary';

function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

function follows(earlier: string, later: string): boolean {
  return (
    earlier.split('.')[0] === later.split('.')[0] &&
    minorOf(later) === minorOf(earlier) + 1
  );
}

/**
 * The Envoy minors that a plugin claims, in short: `1.36, 1.38–1.40`. Where none of the versions that the portal knows
 * is admitted, the claimed range itself is given.
 */
export function claimedMinors(plugin: {
  envoy: string;
  envoyVersions: string[];
}): string {
  const ascending = [...plugin.envoyVersions].sort(compareEnvoyMinors);
  ascending.reverse();

  const runs: string[][] = [];
  for (const version of ascending) {
    const run = runs[runs.length - 1];
    if (run && follows(run[run.length - 1], version)) {
      run.push(version);
    } else {
      runs.push([version]);
    }
  }
  if (runs.length === 0) {
    return plugin.envoy;
  }
  const phrases = runs.map(run =>
    run.length === 1 ? run[0] : `${run[0]}–${run[run.length - 1]}`,
  );
  return phrases.join(', ');
}

/** What a plugin claims, as a phrase: `Envoy 1.36, 1.38–1.40`. */
export function envoyClaim(
  plugin: Parameters<typeof claimedMinors>[0],
): string {
  return `Envoy ${claimedMinors(plugin)}`;
}
