import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseOptions } from './portal/parseOptions.ts';
import { missingPrerequisites } from './portal/prerequisites.ts';
import { browserChecks } from './checks/browser.ts';
import type { Check, CheckContext, CheckResult } from './checks/Check.ts';
import { envoyChecks } from './checks/envoy.ts';
import { goChecks } from './checks/go.ts';
import { lintCheck, prettierCheck, typeCheck } from './checks/static.ts';
import { scriptChecks } from './checks/scripts.ts';
import { unitChecks } from './checks/unit.ts';

/**
 * Checks of one lane run one after the other; the lanes of a stage run side by side, and
 * the stages one after the other. The browser has the machine for itself.
 */
const STAGES: Check[][][] = [
  [
    [unitChecks],
    [prettierCheck, typeCheck, lintCheck, scriptChecks, goChecks, envoyChecks],
  ],
  [[browserChecks]],
];
const CHECKS = STAGES.flat(2);

const HELP = `Usage: npm test [-- PART...]

Runs every check, or only the parts named:

${CHECKS.map(check => `  ${check.name.padEnd(10)} ${check.summary}`).join('\n')}

  --help     this text

The last line is \`N passed, N failed\` over all of them; the exit code is 0 only if none failed.`;

const { values, positionals } = parseOptions({
  options: { help: { type: 'boolean' } },
  allowPositionals: true,
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const unknown = positionals.filter(
  name => !CHECKS.some(check => check.name === name),
);
if (unknown.length > 0) {
  console.error(
    `There is no part ${unknown.join(', ')}. The parts are: ${CHECKS.map(
      check => check.name,
    ).join(', ')}.`,
  );
  process.exit(2);
}
const selected = (check: Check) =>
  positionals.length === 0 || positionals.includes(check.name);

const root = path.resolve(import.meta.dirname, '..');
const workDir = mkdtempSync(path.join(tmpdir(), 'envoy-go-test-'));
process.on('exit', () => rmSync(workDir, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => process.exit(130));
}

const context: CheckContext = {
  root,
  workDir,
  env: {
    ...process.env,
    CI: 'true',
    FORCE_COLOR: '0',
    NODE_OPTIONS: [
      process.env.NODE_OPTIONS,
      '--no-node-snapshot',
      '--disable-warning=ExperimentalWarning',
    ]
      .filter(Boolean)
      .join(' '),
  },
};

for (const missing of missingPrerequisites()) console.warn(`! ${missing}`);

async function runCheck(check: Check): Promise<CheckResult> {
  const started = Date.now();
  console.log(`… ${check.name}: ${check.summary}`);
  let result: CheckResult;
  try {
    result = await check.run(context);
  } catch (error) {
    result = {
      passed: 0,
      failed: 1,
      output:
        error instanceof Error ? error.stack ?? error.message : `${error}`,
    };
  }
  const seconds = Math.round((Date.now() - started) / 1000);
  const failed = result.failed > 0;
  console.log(
    `${failed ? '✗' : '✓'} ${check.name}: ${result.passed} passed, ${
      result.failed
    } failed, after ${seconds} s${
      failed ? `\n${result.output.trimEnd()}` : ''
    }`,
  );
  return result;
}

const results: (CheckResult & { check: string })[] = [];
for (const stage of STAGES) {
  await Promise.all(
    stage.map(async lane => {
      for (const check of lane.filter(selected)) {
        results.push({ ...(await runCheck(check)), check: check.name });
      }
    }),
  );
}
const sum = (key: 'passed' | 'failed') =>
  results.reduce((total, result) => total + result[key], 0);
const failing = results.filter(({ failed }) => failed > 0);
if (failing.length > 0) {
  console.log(
    `\nFailed, see above: ${failing.map(({ check }) => check).join(', ')}`,
  );
}
// The summary stands alone on the last line of the output.
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
process.exit(sum('failed') === 0 && sum('passed') > 0 ? 0 : 1);
