import { join } from 'node:path';
import { useTemporaryDirectory, writeProgram } from '../testing/programs';
import { EnvoyProcess, type EnvoyProcessError } from './EnvoyProcess';

// What a real Envoy does is for EnvoyProcess.envoy.test.ts; here are programs that behave
// as an Envoy should not.
describe('EnvoyProcess.start', () => {
  const temporaryDirectory = useTemporaryDirectory();

  async function startScript(script: string, readyTimeoutMs = 10_000) {
    const executable = join(await temporaryDirectory(), 'envoy');
    await writeProgram(executable, `#!/bin/sh\n${script}\n`);
    return EnvoyProcess.start({
      executable,
      bootstrap: {},
      readyTimeoutMs,
      stopTimeoutMs: 100,
    }).then(
      () => {
        throw new Error('It started');
      },
      (error: EnvoyProcessError) => error,
    );
  }

  it('says how a program ended that did, and what it said last', async () => {
    const error = await startScript('echo out; echo err >&2; exit 3');
    expect(error.message).toBe(
      'Envoy ended with exit code 3 before it was ready',
    );
    expect(error.logTail.sort()).toEqual(['err', 'out']);
  });

  it('names the signal that killed it', async () => {
    const error = await startScript('kill -SEGV $$');
    expect(error.message).toBe('Envoy ended by SIGSEGV before it was ready');
  });

  it('gives up on a program that never gets ready, even one that ignores SIGTERM', async () => {
    const error = await startScript(
      "trap '' TERM; echo waiting; while :; do sleep 0.05; done",
      300,
    );
    expect(error.message).toBe('Envoy was not ready within 0.3 s');
    expect(error.logTail).toEqual(['waiting']);
  });

  it('says that there is no such program', async () => {
    await expect(
      EnvoyProcess.start({ executable: '/no/such/envoy', bootstrap: {} }),
    ).rejects.toMatchObject({
      message: 'Envoy ended without having started before it was ready',
      logTail: ['spawn /no/such/envoy ENOENT'],
    });
  });

  it('stops starting when it is told to, even if something keeps the log open', async () => {
    const executable = join(await temporaryDirectory(), 'envoy');
    await writeProgram(executable, '#!/bin/sh\nsleep 60\n');
    const aborted = new AbortController();
    const starting = EnvoyProcess.start({
      executable,
      bootstrap: {},
      signal: aborted.signal,
      stopTimeoutMs: 100,
    });
    aborted.abort();
    await expect(starting).rejects.toThrow('aborted');
  });
});
