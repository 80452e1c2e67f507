import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordStream } from '../src/conformance/recordStream';
import { SCENARIOS } from '../src/conformance/scenarios';
import { GoProgram } from '../src/interop/GoProgram';

/** Writes streams/NAME.json anew, out of the real core and the real plugin in Go. */
async function main() {
  const folder = join(__dirname, 'streams');
  await mkdir(folder, { recursive: true });
  const program = await GoProgram.build(
    join(__dirname, '../go/internal/testplugin'),
  );
  try {
    for (const scenario of SCENARIOS) {
      const recording = await recordStream(scenario, program);
      await writeFile(
        join(folder, `${scenario.name}.json`),
        `${JSON.stringify(recording, undefined, 2)}\n`,
      );
      process.stdout.write(
        `${scenario.name}: ${recording.steps.length} frames\n`,
      );
    }
  } finally {
    await program.remove();
  }
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
