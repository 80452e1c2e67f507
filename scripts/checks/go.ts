import { globSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Check, CheckContext, CheckResult } from './Check.ts';
import { addResults, runCommand } from './command.ts';
import { runJest } from './jest.ts';
import { withPostgres } from './postgres.ts';

/** The folders of the example plugins. */
export function examplePlugins(root: string): string[] {
  const folder = path.join(root, 'examples/plugins');
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => path.join(folder, entry.name))
    .sort();
}

/** The folders of the packages' own Go modules: libraries, examples, benchmarks. */
function packageModules(root: string): string[] {
  return globSync('packages/*/{go,examples,bench}/**/go.mod', { cwd: root })
    .map(file => path.dirname(path.join(root, file)))
    .sort();
}

async function goTests(
  { env }: CheckContext,
  folder: string,
): Promise<CheckResult> {
  const vet = await runCommand('go', ['vet', './...'], { cwd: folder, env });
  if (vet.code !== 0) return { passed: 0, failed: 1, output: vet.output };
  const test = await runCommand('go', ['test', '-race', '-json', './...'], {
    cwd: folder,
    env,
  });
  const events = test.stdout
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map((line): { Action: string; Test?: string; Output?: string } =>
      JSON.parse(line),
    );
  const count = (action: string) =>
    events.filter(event => event.Test && event.Action === action).length;
  const failed = count('fail');
  const failedTests = new Set(
    events.filter(event => event.Action === 'fail').map(event => event.Test),
  );
  return {
    passed: count('pass'),
    failed: failed === 0 && test.code !== 0 ? 1 : failed,
    output: `${folder}\n${events
      .filter(
        event =>
          event.Action === 'build-output' ||
          (event.Action === 'output' && failedTests.has(event.Test)),
      )
      .map(event => event.Output)
      .join('')}${test.output.replaceAll(/^\{.*\}$\n?/gm, '')}`,
  };
}

export const goChecks: Check = {
  name: 'go',
  summary:
    'go vet and go test of the examples, the packages and what the templates make',
  async run(context) {
    const results: CheckResult[] = [];
    for (const folder of [
      ...examplePlugins(context.root),
      ...packageModules(context.root),
    ]) {
      results.push(await goTests(context, folder));
    }
    results.push(
      await withPostgres(context, prepared =>
        runJest(prepared, 'go', ['--testPathPatterns', '\\.go\\.test\\.tsx?$']),
      ),
    );
    return addResults(results);
  },
};
