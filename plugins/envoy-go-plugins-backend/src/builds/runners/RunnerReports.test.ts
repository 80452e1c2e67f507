import fc from 'fast-check';
import { RunnerBreachError } from './RunnerBreachError';
import { readDescription, readResult, readStep } from './RunnerReports';

/** Reads what a runner said, or finds that it has no business saying it. */
function attempt(read: () => unknown): void {
  let said: unknown;
  try {
    said = read();
  } catch (error) {
    expect(error).toBeInstanceOf(RunnerBreachError);
    return;
  }
  expect(JSON.stringify(said)).not.toContain('\\u0000');
}

const STATES = [
  'queued',
  'running',
  'passed',
  'failed',
  'could-not-run',
] as const;

describe('what a runner says', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json());

  it('is read or refused, whatever it is', () => {
    expect(() =>
      fc.assert(
        fc.property(
          fc.record({
            report: text,
            modules: text,
            buildInfo: fc.dictionary(text, text),
            licenceSpdx: fc.option(text, { nil: undefined }),
            vulnerabilities: fc.option(text, { nil: undefined }),
          }),
          fc.record({
            kind: fc.constant('step' as const),
            name: text,
            state: fc.constantFrom(...STATES),
            reason: text,
            startedAt: text,
          }),
          (result, step) => {
            attempt(() => readResult(result));
            attempt(() => readStep(step));
            attempt(() =>
              readDescription({
                version: step.name,
                hostname: step.reason,
                platforms: [step.state],
                go: [step.name],
                isolation: [],
                concurrency: step.name.length,
              }),
            );
          },
        ),
      ),
    ).not.toThrow();
  });
});
