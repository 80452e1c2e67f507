/** How a piece of a line is to look. */
export interface TextStyle {
  bold?: boolean;
  faint?: boolean;
  italic?: boolean;
  underline?: boolean;
  color?: TerminalColor;
}

/** The colours that programs write in; which they are depends on the theme. */
export type TerminalColor =
  | 'black'
  | 'red'
  | 'green'
  | 'yellow'
  | 'blue'
  | 'magenta'
  | 'cyan'
  | 'white';

/** A piece of a line that looks the same throughout. */
export interface TextRun extends TextStyle {
  text: string;
}

const COLORS: readonly TerminalColor[] = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
];

// ECMA-48: control sequences, operating system commands, and other escapes; of these only "select graphic rendition",
// which ends in m, says how text looks.
const ESCAPES = new RegExp(
  [
    '\\u001b\\[([0-9;:]*)[ -/]*([@-~])',
    '\\u001b\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?',
    '\\u001b[ -/]*[0-~]',
  ].join('|'),
  'g',
);
const CONTROLS = /(?!\t)\p{Cc}/gu;

function restyled(style: TextStyle, codes: number[]): TextStyle {
  let next = style;
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index];
    if (code === 0) {
      next = {};
    } else if (code === 1) {
      next = { ...next, bold: true };
    } else if (code === 2) {
      next = { ...next, faint: true };
    } else if (code === 3) {
      next = { ...next, italic: true };
    } else if (code === 4) {
      next = { ...next, underline: true };
    } else if (code === 22) {
      next = { ...next, bold: undefined, faint: undefined };
    } else if (code === 23) {
      next = { ...next, italic: undefined };
    } else if (code === 24) {
      next = { ...next, underline: undefined };
    } else if (code >= 30 && code <= 37) {
      next = { ...next, color: COLORS[code - 30] };
    } else if (code >= 90 && code <= 97) {
      next = { ...next, color: COLORS[code - 90] };
    } else if (code === 39) {
      next = { ...next, color: undefined };
    } else if (code === 38 || code === 48) {
      // One of 256 colours takes one more number after the 5, one of all takes three after the 2: neither is shown.
      index += codes[index + 1] === 5 ? 2 : 4;
    }
  }
  return next;
}

/**
 * What a program wrote on a line, for people: colours and weights are kept, what moves a cursor, rings or sets titles is
 * left out, and of what a carriage return wrote over only the last remains.
 */
export function readTerminalText(line: string): TextRun[] {
  const shown = line.replace(/\r+$/, '');
  const rest = shown.slice(shown.lastIndexOf('\r') + 1);
  const runs: TextRun[] = [];
  let style: TextStyle = {};
  let from = 0;
  const add = (text: string) => {
    const readable = text.replace(CONTROLS, '');
    if (readable) {
      runs.push({ ...style, text: readable });
    }
  };
  for (const match of rest.matchAll(ESCAPES)) {
    add(rest.slice(from, match.index));
    from = (match.index ?? 0) + match[0].length;
    if (match[2] === 'm') {
      style = restyled(
        style,
        (match[1] || '0').split(/[;:]/).map(code => Number(code || 0)),
      );
    }
  }
  add(rest.slice(from));
  return runs;
}

/** A line without anything but its text. */
export function plainText(line: string): string {
  return readTerminalText(line)
    .map(run => run.text)
    .join('');
}
