import type { Check } from './Check.ts';
import { runCommand } from './command.ts';

export const scriptChecks: Check = {
  name: 'scripts',
  summary: 'tests of these commands themselves',
  async run({ root, env }) {
    const { code, stdout, output } = await runCommand(
      process.execPath,
      ['--test', '--test-reporter', 'tap', 'scripts/**/*.test.ts'],
      { cwd: root, env },
    );
    const count = (what: string) =>
      Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(stdout)?.[1] ?? 0);
    const passed = count('pass');
    const failed = count('fail') + count('cancelled');
    // A run that found no test has not passed.
    const wrong = code !== 0 || passed === 0;
    return { passed, failed: failed === 0 && wrong ? 1 : failed, output };
  },
};
