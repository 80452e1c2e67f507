/** A line of two texts laid side by side: in both, only in the old one, or only in the new one. */
export interface DiffLine {
  kind: 'same' | 'removed' | 'added';
  text: string;
  /** Where it stands in the old and the new text, from 1. */
  before?: number;
  after?: number;
}

/** A run of lines that are the same in both texts, of which not all need to be shown. */
export interface DiffGap {
  kind: 'gap';
  lines: DiffLine[];
}

/** Above this many pairs of lines the middle is taken as rewritten: finding the least change would take too long. */
const MAX_PAIRS = 4_000_000;

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** How many lines each pair of ends of two texts has in common at most, row by row. */
function commonLengths(a: string[], b: string[]): Uint32Array[] {
  const lengths = Array.from(
    { length: a.length + 1 },
    () => new Uint32Array(b.length + 1),
  );
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i][j] =
        a[i] === b[j]
          ? lengths[i + 1][j + 1] + 1
          : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  return lengths;
}

/** The least change, by lines, that makes the new text of the old one: the longest common subsequence stays. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const a = linesOf(before);
  const b = linesOf(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) {
    start++;
  }
  let end = 0;
  while (
    end < a.length - start &&
    end < b.length - start &&
    a[a.length - 1 - end] === b[b.length - 1 - end]
  ) {
    end++;
  }

  const lines: DiffLine[] = [];
  const same = (i: number, j: number) =>
    lines.push({ kind: 'same', text: a[i], before: i + 1, after: j + 1 });
  const removed = (i: number) =>
    lines.push({ kind: 'removed', text: a[i], before: i + 1 });
  const added = (j: number) =>
    lines.push({ kind: 'added', text: b[j], after: j + 1 });

  for (let i = 0; i < start; i++) {
    same(i, i);
  }
  const middleA = a.slice(start, a.length - end);
  const middleB = b.slice(start, b.length - end);
  const lengths =
    middleA.length * middleB.length <= MAX_PAIRS
      ? commonLengths(middleA, middleB)
      : undefined;
  let i = 0;
  let j = 0;
  while (i < middleA.length || j < middleB.length) {
    if (
      lengths &&
      i < middleA.length &&
      j < middleB.length &&
      middleA[i] === middleB[j]
    ) {
      same(start + i++, start + j++);
    } else if (
      i < middleA.length &&
      (j >= middleB.length ||
        !lengths ||
        lengths[i + 1][j] >= lengths[i][j + 1])
    ) {
      removed(start + i++);
    } else {
      added(start + j++);
    }
  }
  for (let k = end; k > 0; k--) {
    same(a.length - k, b.length - k);
  }
  return lines;
}

/** Gathers what is the same and stands further than so many lines from any change. */
export function foldSameLines(
  lines: DiffLine[],
  context: number,
): (DiffLine | DiffGap)[] {
  const near = new Set<number>();
  lines.forEach(({ kind }, index) => {
    if (kind !== 'same') {
      for (let k = index - context; k <= index + context; k++) {
        near.add(k);
      }
    }
  });
  const folded: (DiffLine | DiffGap)[] = [];
  lines.forEach((line, index) => {
    if (near.has(index)) {
      folded.push(line);
      return;
    }
    const last = folded.at(-1);
    if (last?.kind === 'gap') {
      last.lines.push(line);
    } else {
      folded.push({ kind: 'gap', lines: [line] });
    }
  });
  return folded;
}
