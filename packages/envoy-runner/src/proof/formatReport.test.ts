import { formatReport } from './formatReport';
import type { CaseResult, ProofReport, ProofResult } from './ProofReport';

const passedCase: CaseResult = {
  name: 'fine',
  outcome: 'passed',
  differences: [],
  durationMs: 1,
};

const result = (
  name: string,
  version: string,
  rest: Partial<ProofResult> = {},
): ProofResult => ({
  plugin: { name, directory: `/${name}` },
  envoy: { requested: version, version },
  outcome: 'passed',
  warnings: [],
  cases: [passedCase],
  durationMs: 210,
  ...rest,
});

const report = (...results: ProofResult[]): ProofReport => ({
  outcome: 'failed',
  results,
  durationMs: 1234,
});

describe('formatReport', () => {
  it('prints a table of plugins and Envoys', () => {
    expect(
      formatReport(
        report(
          result('token-auth', '1.38.3'),
          result('token-auth', '1.40.0'),
          result('b', '1.40.0'),
        ),
      ),
    ).toBe(`Plugin      Envoy 1.38.3        Envoy 1.40.0
----------  ------------------  ------------------
token-auth  passed 1/1 (0.2 s)  passed 1/1 (0.2 s)
b           -                   passed 1/1 (0.2 s)

3 passed, 0 failed, 0 could not run (1.2 s)`);
  });

  it('shows differences, and the log only where it explains something', () => {
    const failed: Partial<ProofResult> = {
      outcome: 'failed',
      logTail: ['noise'],
      cases: [
        passedCase,
        {
          ...passedCase,
          name: 'denies',
          outcome: 'failed',
          differences: [
            { field: 'status', expected: '403', actual: '200', step: 2 },
            {
              field: 'body',
              expected: '',
              actual: 'a\nb',
              repetition: 3,
            },
          ],
        },
      ],
    };
    expect(
      formatReport(
        report(result('a', '1.38.3', failed), result('a', '1.40.0', failed)),
      ),
    ).toContain(`
a, Envoy 1.38.3, 1.40.0: FAILED
  ✗ denies
      status (step 2)
        expected  403
        got       200
      body (repetition 3)
        expected  (empty)
        got       a
                  b

0 passed`);
  });

  it('shows why Envoy ended, and what was not run', () => {
    const text = formatReport(
      report(
        result('a', '1.38.3', {
          outcome: 'failed',
          reason: 'Envoy ended by SIGABRT',
          logTail: ['panic: boom'],
          cases: [
            {
              ...passedCase,
              outcome: 'failed',
              reason: 'Envoy ended by SIGABRT during this case',
            },
            { ...passedCase, name: 'later', outcome: 'not-run' },
          ],
        }),
      ),
    );
    expect(text).toContain(`a, Envoy 1.38.3: FAILED. Envoy ended by SIGABRT
  ✗ fine: Envoy ended by SIGABRT during this case
  1 of 2 cases not run
  last lines of Envoy's log:
    | panic: boom`);
  });

  it('tells each warning once', () => {
    const text = formatReport(
      report(
        result('a', '1.40.0', { warnings: ['ABI is deprecated'] }),
        result('b', '1.40.0', { warnings: ['ABI is deprecated'] }),
      ),
    );
    expect(text).toContain(`Envoy warned:
  ! ABI is deprecated
      a in 1.40.0, b in 1.40.0`);
  });

  it('says what could not run', () => {
    const text = formatReport(
      report(
        result('a', '9.9.9', {
          envoy: { requested: '9.9.9' },
          outcome: 'could-not-run',
          reason: 'There is no Envoy 9.9.9',
          cases: [],
        }),
      ),
    );
    expect(text).toContain(
      'a, Envoy 9.9.9: could not run. There is no Envoy 9.9.9',
    );
    expect(text).toContain('0 passed, 0 failed, 1 could not run');
  });
});
