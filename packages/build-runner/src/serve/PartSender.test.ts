import type { BuildPart } from '../rpc';
import { PartSender } from './PartSender';

describe('PartSender', () => {
  it('sends in order, lines that wait together', async () => {
    const sent: BuildPart[] = [];
    const taken: (() => void)[] = [];
    const sender = new PartSender({
      logBytes: 1000,
      part: async part => {
        sent.push(part);
        await new Promise<void>(resolve => void taken.push(resolve));
      },
    });
    sender.step({ name: 'vet', state: 'running' });
    sender.log({ step: 'vet', line: 'a' });
    sender.log({ step: 'vet', line: 'b' });
    sender.step({ name: 'vet', state: 'passed', durationMs: 1.5 });
    sender.log({ step: 'test', line: 'c' });
    const flushed = sender.flush();
    while (sent.length < 4) {
      await Promise.resolve();
      taken.splice(0).forEach(take => take());
    }
    taken.splice(0).forEach(take => take());
    await flushed;
    expect(sent).toEqual([
      { kind: 'step', name: 'vet', state: 'running' },
      { kind: 'log', name: 'vet', lines: ['a', 'b'] },
      { kind: 'step', name: 'vet', state: 'passed', durationMs: 2n },
      { kind: 'log', name: 'test', lines: ['c'] },
    ]);
  });

  it('sends no more log than is taken, and says so', async () => {
    const lines: string[] = [];
    const sender = new PartSender({
      logBytes: 200,
      part: async part => void lines.push(...(part.lines ?? [])),
    });
    for (let index = 0; index < 1000; index++) {
      sender.log({ step: 'test', line: `line ${index}` });
    }
    await sender.flush();
    expect(lines.join('\n').length).toBeLessThan(200);
    expect(lines[0]).toBe('line 0');
    expect(lines.at(-1)).toMatch(/the log is cut here/);
  });

  it('tells that nobody takes it any more', async () => {
    const sender = new PartSender({
      logBytes: 1000,
      part: async () => {
        throw new Error('gone');
      },
    });
    sender.log({ step: 'test', line: 'a' });
    await expect(sender.flush()).rejects.toThrow('gone');
    sender.log({ step: 'test', line: 'b' });
    await expect(sender.flush()).rejects.toThrow('gone');
  });
});
