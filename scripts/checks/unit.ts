import path from 'node:path';
import type { Check } from './Check.ts';
import { runJest } from './jest.ts';
import { startPostgres } from './postgres.ts';

export const unitChecks: Check = {
  name: 'unit',
  summary: 'unit and integration tests, on SQLite and on a real PostgreSQL',
  async run(context) {
    const postgres = await startPostgres(
      path.join(context.workDir, 'postgres'),
    );
    try {
      return await runJest(
        {
          ...context,
          env: {
            ...context.env,
            BACKSTAGE_TEST_DATABASE_POSTGRES18_CONNECTION_STRING: postgres.url,
          },
        },
        'unit',
        ['--testPathIgnorePatterns', '\\.(go|envoy)\\.test\\.tsx?$'],
      );
    } finally {
      await postgres.stop();
    }
  },
};
