import type { EnvoyGoPluginsSignal } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { gatherSignals } from './gatherSignals';

const changed = (name: string): EnvoyGoPluginsSignal => ({
  type: 'plugin-changed',
  entityRef: `envoygoplugin:default/${name}`,
  parts: ['readme'],
});

describe('gatherSignals', () => {
  const bundles: EnvoyGoPluginsSignal[][] = [];
  const gather = (random: number) =>
    gatherSignals({
      onSignals: signals => bundles.push(signals),
      random: () => random,
    });

  beforeEach(() => {
    jest.useFakeTimers();
    bundles.length = 0;
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('gives on together what comes together, none lost', () => {
    const gatherer = gather(0);
    gatherer.add(changed('a'));
    gatherer.add(changed('b'));
    expect(bundles).toEqual([]);
    jest.advanceTimersByTime(100);
    expect(bundles).toEqual([[changed('a'), changed('b')]]);
  });

  it('spreads the pages that are open, but never over more than half a second', () => {
    const gatherer = gather(0.999);
    gatherer.add(changed('a'));
    jest.advanceTimersByTime(400);
    expect(bundles).toEqual([]);
    jest.advanceTimersByTime(100);
    expect(bundles).toHaveLength(1);
  });

  it('asks at most every two seconds while one signal chases the other', () => {
    const gatherer = gather(0);
    for (let tenth = 0; tenth < 100; tenth += 1) {
      gatherer.add(changed('a'));
      jest.advanceTimersByTime(100);
    }
    expect(bundles.length).toBeLessThanOrEqual(6);
    jest.advanceTimersByTime(2_000);
    expect(bundles.flat()).toHaveLength(100);
  });

  it('gives nothing on once it is stopped', () => {
    const gatherer = gather(0);
    gatherer.add(changed('a'));
    gatherer.stop();
    jest.advanceTimersByTime(5_000);
    expect(bundles).toEqual([]);
  });
});
