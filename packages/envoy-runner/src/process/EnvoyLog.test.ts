import { EnvoyLog } from './EnvoyLog';

describe('EnvoyLog', () => {
  it('keeps the last lines, however they arrive', () => {
    const lines: string[] = [];
    const log = new EnvoyLog({ limit: 3, onLine: line => lines.push(line) });
    log.write('one\ntw');
    log.write('o\n\nthree\nfour\nfi');
    log.end();
    expect(lines).toEqual(['one', 'two', '', 'three', 'four', 'fi']);
    expect(log.tail()).toEqual(['three', 'four', 'fi']);
    expect(log.tail(1)).toEqual(['fi']);
  });

  it('collects each warning once, until it is told not to', () => {
    const log = new EnvoyLog();
    log.write('[10:00:00.001][info][main] fine\n');
    log.write('[10:00:00.002][warning][dynamic_modules] deprecated\n');
    log.write('[10:00:00.003][error][config] worse\n');
    log.write('[10:00:00.004][warning][dynamic_modules] deprecated\n');
    log.ignoreWarnings();
    log.write('[10:00:00.005][warning][main] caught ENVOY_SIGTERM\n');
    expect(log.warnings()).toEqual(['deprecated', 'worse']);
  });

  it('does not collect warnings without end', () => {
    const log = new EnvoyLog();
    for (let index = 0; index < 1000; index++) {
      log.write(`[10:00:00.002][warning][x] request ${index}\n`);
    }
    expect(log.warnings()).toHaveLength(50);
  });

  it('tells a Go panic rather than the addresses after it', () => {
    const log = new EnvoyLog();
    log.write('[10:00:00.001][info][main] fine\n');
    log.write('panic: boom\n\ngoroutine 1 [running]:\nmain.f()\n');
    log.write('[10:00:00.002][critical][backtrace] Caught Aborted\n');
    log.write('[10:00:00.002][critical][backtrace] #0: [0x1]\nmore\n');
    expect(log.tail()).toEqual([
      'panic: boom',
      'goroutine 1 [running]:',
      'main.f()',
    ]);
  });
});
