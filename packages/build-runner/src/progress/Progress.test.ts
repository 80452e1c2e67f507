import { Progress, type BuildStep } from './Progress';
import { combineStates } from './stepStates';

describe('Progress', () => {
  it('tells each change of a step, with its durations', () => {
    const told: BuildStep[] = [];
    let time = 1000;
    const progress = new Progress(['vet', 'test'], {
      onStep: step => told.push(step),
      now: () => time,
    });
    progress.start('vet');
    time += 250;
    progress.end('vet', { state: 'failed', reason: 'it found something' });
    progress.giveUp('A step before it did not pass');
    expect(
      told.map(({ name, state, durationMs }) => [name, state, durationMs]),
    ).toEqual([
      ['vet', 'queued', undefined],
      ['test', 'queued', undefined],
      ['vet', 'running', undefined],
      ['vet', 'failed', 250],
      ['test', 'could-not-run', undefined],
    ]);
    expect(progress.steps[1].reason).toBe('A step before it did not pass');
  });

  it('refuses a change that the table of states does not have', () => {
    const progress = new Progress(['vet'], {});
    expect(() => progress.end('vet', { state: 'passed' })).toThrow(
      "Step 'vet' is queued and cannot become passed",
    );
    progress.start('vet');
    progress.end('vet', { state: 'passed' });
    expect(() => progress.start('vet')).toThrow('cannot become running');
  });
});

describe('combineStates', () => {
  it('counts nothing but passed as passed', () => {
    expect(combineStates(['passed', 'passed'])).toBe('passed');
    expect(combineStates(['passed', 'could-not-run'])).toBe('could-not-run');
    expect(combineStates(['could-not-run', 'failed'])).toBe('failed');
    expect(combineStates(['passed', 'queued'])).toBe('could-not-run');
    expect(combineStates([])).toBe('could-not-run');
  });
});
