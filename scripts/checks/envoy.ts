import path from 'node:path';
import type { Check } from './Check.ts';
import { addResults, runCommand } from './command.ts';
import { examplePlugins } from './go.ts';
import { runJest } from './jest.ts';

/** The versions that the examples promise to work with. */
const ENVOY_VERSIONS = ['1.38.3', '1.39.3', '1.40.0'];

export const envoyChecks: Check = {
  name: 'envoy',
  summary: `proofs in real Envoys (${ENVOY_VERSIONS.join(', ')})`,
  async run(context) {
    const { root, env } = context;
    const proof = await runCommand(
      process.execPath,
      [
        path.join(root, 'packages/envoy-runner/bin/envoy-runner'),
        'prove',
        ...examplePlugins(root),
        ...ENVOY_VERSIONS.flatMap(version => ['--envoy', version]),
        '--json',
      ],
      { cwd: root, env },
    );
    const results: { outcome: string }[] = proof.stdout.trim()
      ? JSON.parse(proof.stdout).results
      : [];
    const notPassed = results.filter(({ outcome }) => outcome !== 'passed');
    const failed = notPassed.length;
    return addResults([
      {
        passed: results.length - failed,
        failed: failed === 0 && proof.code !== 0 ? 1 : failed,
        output:
          failed === 0 ? proof.output : JSON.stringify(notPassed, undefined, 2),
      },
      await runJest(context, 'envoy', [
        '--testPathPatterns',
        '\\.envoy\\.test\\.tsx?$',
      ]),
    ]);
  },
};
