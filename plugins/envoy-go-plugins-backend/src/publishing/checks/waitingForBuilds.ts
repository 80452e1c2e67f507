import type { PublishCheck } from '@envoy-go/backstage-plugin-envoy-go-plugins-node';

/** What has to be built or run can only be checked by a module that does so. */
function waiting(id: string, title: string, what: string): PublishCheck {
  return {
    id,
    title,
    async run() {
      return {
        outcome: 'could-not-run',
        summary: `${what} The portal has nothing that builds and runs plugins yet: a module of the plugin "envoy-go-plugins" adds it as the check "${id}".`,
        lookedAt: [],
        findings: [],
      };
    },
  };
}

/** Checks whose places are kept for those who can run them. */
export const waitingForBuilds: PublishCheck[] = [
  waiting('builds', 'Build', 'Whether it compiles is not known.'),
  waiting('unit-tests', 'Unit tests', 'Whether its tests pass is not known.'),
  waiting(
    'proof',
    'Proof in Envoy',
    'Whether it does in Envoy what its proof says is not known.',
  ),
  waiting(
    'vulnerabilities',
    'Vulnerabilities',
    'Whether it uses modules with known vulnerabilities is not known.',
  ),
];
