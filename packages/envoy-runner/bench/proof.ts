import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  buildLibrary,
  describeEnvoy,
  readPlugin,
  readProof,
  resolveEnvoy,
  runProof,
} from '../src';

const RUNS = 5;
const TARGET_SECONDS = 3;

/**
 * How long the proof of one built filter in one Envoy takes. Takes the folder of a plugin
 * and a version of Envoy; prints a table and, as the last line, JSON.
 */
export async function main(args: string[] = process.argv.slice(2)) {
  const [
    directory = join(__dirname, '../../../examples/plugins/token-auth'),
    version = '1.40.0',
  ] = args;
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const plugin = await readPlugin(resolve(directory));
  const proof = await readProof(plugin.proofPath);
  const envoy = await resolveEnvoy(version);
  const temporary = await mkdtemp(join(tmpdir(), 'envoy-runner-bench-'));
  try {
    const library = join(temporary, 'plugin.so');
    await buildLibrary({ directory: plugin.directory, output: library });
    say(
      `${plugin.name}, ${proof.cases.length} cases, in ${describeEnvoy(envoy)}`,
    );
    const seconds: number[] = [];
    for (let run = 1; run <= RUNS; run++) {
      const startedAt = performance.now();
      const { outcome } = await runProof({
        proof,
        library,
        filterName: plugin.filterName,
        executable: envoy.executable,
      });
      if (outcome !== 'passed') {
        throw new Error(
          `The proof of ${plugin.name} ${outcome}; prove it before measuring it`,
        );
      }
      seconds.push((performance.now() - startedAt) / 1000);
    }
    const median = [...seconds].sort((a, b) => a - b)[Math.floor(RUNS / 2)];
    const round = (value: number) => Math.round(value * 1000) / 1000;
    say('');
    seconds.forEach((value, index) =>
      say(`  run ${index + 1}    ${value.toFixed(3)} s`),
    );
    say(`  median   ${median.toFixed(3)} s (target: ${TARGET_SECONDS} s)`);
    say('');
    say(
      JSON.stringify({
        proofSeconds: round(median),
        firstProofSeconds: round(seconds[0]),
        cases: proof.cases.length,
        envoy: envoy.version,
      }),
    );
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

if (require.main === module) {
  main().catch(error => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
