import type { Check } from './Check.ts';
import { runJest } from './jest.ts';
import { withPostgres } from './postgres.ts';

export const unitChecks: Check = {
  name: 'unit',
  summary: 'unit and integration tests, on SQLite and on a real PostgreSQL',
  run: context =>
    withPostgres(context, prepared =>
      runJest(prepared, 'unit', [
        '--testPathIgnorePatterns',
        '\\.(go|envoy)\\.test\\.tsx?$',
      ]),
    ),
};
