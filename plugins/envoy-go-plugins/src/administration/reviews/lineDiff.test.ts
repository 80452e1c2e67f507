import { foldSameLines, lineDiff } from './lineDiff';

const written = (before: string, after: string) =>
  lineDiff(before, after).map(
    ({ kind, text }) =>
      `${{ same: ' ', removed: '-', added: '+' }[kind]}${text}`,
  );

describe('lineDiff', () => {
  it('keeps what both have', () => {
    expect(written('a\nb\nc\nd\n', 'a\nc\nx\nd\n')).toEqual([
      ' a',
      '-b',
      ' c',
      '+x',
      ' d',
    ]);
  });

  it('finds the least change where lines repeat', () => {
    expect(written('x\na\nx\nb', 'x\nb')).toEqual([' x', '-a', '-x', ' b']);
  });

  it('takes all as new where there was nothing, and the other way round', () => {
    expect(written('', 'a\nb')).toEqual(['+a', '+b']);
    expect(written('a\nb', '')).toEqual(['-a', '-b']);
    expect(written('', '')).toEqual([]);
  });

  it('does not mind how lines end', () => {
    expect(written('a\r\nb\r\n', 'a\nb')).toEqual([' a', ' b']);
  });

  it('numbers the lines of both', () => {
    expect(lineDiff('a\nb', 'b')).toEqual([
      { kind: 'removed', text: 'a', before: 1 },
      { kind: 'same', text: 'b', before: 2, after: 1 },
    ]);
  });

  it('takes what is too long to compare as rewritten', () => {
    const of = (prefix: string) =>
      Array.from({ length: 2_100 }, (_, i) => `${prefix}${i}`).join('\n');
    const lines = lineDiff(`top\n${of('a')}`, `top\n${of('b')}`);
    expect(lines).toHaveLength(4_201);
    expect(lines[1].kind).toBe('removed');
    expect(lines.at(-1)?.kind).toBe('added');
  });
});

describe('foldSameLines', () => {
  it('gathers what is far from any change', () => {
    const before = Array.from({ length: 12 }, (_, i) => `${i}`);
    const after = before.map(line => (line === '5' ? 'five' : line));
    const folded = foldSameLines(
      lineDiff(before.join('\n'), after.join('\n')),
      2,
    );
    expect(folded.map(part => part.kind)).toEqual([
      'gap',
      'same',
      'same',
      'removed',
      'added',
      'same',
      'same',
      'gap',
    ]);
  });
});
