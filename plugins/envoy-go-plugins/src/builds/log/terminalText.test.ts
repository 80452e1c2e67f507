import { plainText, readTerminalText } from './terminalText';

it.each([
  ['plain', [{ text: 'plain' }]],
  ['', []],
  [
    'ok \u001b[32mpassed\u001b[0m in 1 s',
    [{ text: 'ok ' }, { text: 'passed', color: 'green' }, { text: ' in 1 s' }],
  ],
  [
    '\u001b[1;31mFAIL\u001b[22m still red\u001b[39m',
    [
      { text: 'FAIL', bold: true, color: 'red' },
      { text: ' still red', color: 'red' },
    ],
  ],
  ['\u001b[38;5;208morange\u001b[m', [{ text: 'orange' }]],
  [
    '\u001b[38;2;1;2;3;4mtrue colour',
    [{ text: 'true colour', underline: true }],
  ],
  ['\u001b[2K\u001b[1Gdownloading', [{ text: 'downloading' }]],
  ['\u001b]0;a title\u0007text', [{ text: 'text' }]],
  ['10 %\r50 %\r100 %\r', [{ text: '100 %' }]],
  ['be\u0007ll\u0000', [{ text: 'bell' }]],
  ['cut \u001b[3', [{ text: 'cut ' }, { text: '3' }]],
])('reads %j', (line, runs) => {
  expect(readTerminalText(line)).toEqual(runs);
});

it('leaves nothing but the text', () => {
  expect(plainText('\u001b[33mwarn\u001b[0m: tab\tstays')).toBe(
    'warn: tab\tstays',
  );
});
