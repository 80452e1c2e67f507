import { addResults, commandCheck } from './command.ts';
import type { Check } from './Check.ts';

export const prettierCheck: Check = {
  name: 'prettier',
  summary: 'every file is formatted',
  run: ({ root, env }) =>
    commandCheck('prettier', ['--check', '--log-level', 'warn', '.'], {
      cwd: root,
      env,
    }),
};

export const lintCheck: Check = {
  name: 'lint',
  summary: 'ESLint finds nothing, warnings included',
  run: async ({ root, env }) =>
    addResults([
      await commandCheck(
        'backstage-cli',
        ['repo', 'lint', '--max-warnings', '0'],
        { cwd: root, env },
      ),
      await commandCheck(
        'eslint',
        ['--ext', '.ts,.mjs', '--max-warnings', '0', 'scripts'],
        { cwd: root, env: { ...env, ESLINT_USE_FLAT_CONFIG: 'false' } },
      ),
    ]),
};

export const typeCheck: Check = {
  name: 'tsc',
  summary: 'TypeScript compiles',
  run: async ({ root, env }) =>
    addResults([
      await commandCheck('tsc', [], { cwd: root, env }),
      await commandCheck('tsc', ['--project', 'scripts'], { cwd: root, env }),
    ]),
};
