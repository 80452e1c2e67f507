import { OutputBudget, OutputLines } from './OutputLines';

describe('OutputLines', () => {
  function collect(keptBytes: number, chunks: (string | Buffer)[]): string[] {
    const lines: string[] = [];
    const output = new OutputLines({
      budget: new OutputBudget(keptBytes),
      onLine: line => lines.push(line),
    });
    chunks.forEach(chunk => output.write(Buffer.from(chunk)));
    output.end();
    return lines;
  }

  it('cuts into lines, however they arrive', () => {
    const euro = Buffer.from('€');
    expect(
      collect(1000, ['one\ntw', 'o\n', euro.subarray(0, 1), euro.subarray(1)]),
    ).toEqual(['one', 'two', '€']);
  });

  it('leaves out what controls a terminal', () => {
    expect(collect(1000, ['\u001b[31mred\u001b[0m\u0007\ttab\r\n'])).toEqual([
      'red\ttab',
    ]);
  });

  it('notes once where it cuts', () => {
    expect(collect(4, ['ab\ncdef\n', 'ghi\n'])).toEqual([
      'ab',
      'c',
      expect.stringContaining('longer than the 4 bytes'),
    ]);
  });

  it('cuts lines that are too long', () => {
    const [line] = collect(100_000, ['x'.repeat(50_000)]);
    expect(line).toBe(`${'x'.repeat(4096)} … (line cut)`);
  });
});
