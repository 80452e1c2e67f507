import type {
  EnvoyProof,
  VerifiedVersion,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { compare } from 'semver';
import type { PluginProofs } from './ReleaseFollower';

/** What lists show of proofs. */
export interface ShownProofs {
  verified?: VerifiedVersion;
  envoyProofs?: EnvoyProof[];
}

/**
 * Makes what lists show.
 *
 * @param claimed - the minor versions that the plugin's range admits
 */
export function toShownProofs(
  proofs: PluginProofs | undefined,
  claimed: readonly string[],
): ShownProofs {
  if (!proofs) {
    return {};
  }
  const { version, tag, at } = proofs;
  const minors = new Map<string, EnvoyProof>(
    claimed.map(envoy => [envoy, { envoy, outcome: 'not-run', versions: [] }]),
  );
  const inOrder = proofs.envoys.toSorted((a, b) => compare(a.envoy, b.envoy));
  for (const { envoy, outcome } of inOrder) {
    const minor = minorOf(envoy);
    const before = minors.get(minor);
    minors.set(minor, {
      envoy: minor,
      outcome: before?.outcome === 'failed' ? 'failed' : outcome,
      versions: [...(before?.versions ?? []), envoy],
    });
  }
  return {
    ...(proofs.verified && {
      verified: {
        version,
        tag,
        at,
        envoys: inOrder.map(({ envoy }) => envoy),
      },
    }),
    envoyProofs: [...minors.values()].sort((a, b) =>
      compare(`${a.envoy}.0`, `${b.envoy}.0`),
    ),
  };
}

/**
 * The minor versions that a plugin is found by: those in which it was proven, and where it
 * was run in none, those that it claims.
 */
export function foundBy(
  proofs: PluginProofs | undefined,
  claimed: string[],
): string[] {
  return proofs
    ? (toShownProofs(proofs, []).envoyProofs ?? [])
        .filter(({ outcome }) => outcome === 'passed')
        .map(({ envoy }) => envoy)
    : claimed;
}

function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
