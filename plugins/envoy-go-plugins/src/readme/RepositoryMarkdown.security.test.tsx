import { fireEvent, screen } from '@testing-library/react';
import { renderInTestApp } from '@backstage/test-utils';
import { HOSTILE_READMES } from './__testUtils__/hostileReadmes';
import { RepositoryMarkdown } from './RepositoryMarkdown';

const url = 'https://github.example/org/strange/blob/main/README.md';
const rawUrl = 'https://raw.example/org/strange/main/README.md';

/** What may stand in a README, with the attributes that it may have beside those that everything may. */
const ALLOWED: Record<string, string[]> = {
  ...Object.fromEntries(
    [
      ...['p', 'br', 'hr', 'b', 'i', 'strong', 'em', 's', 'strike', 'del'],
      ...['ins', 'sup', 'sub', 'small', 'mark', 'abbr', 'dfn', 'cite', 'q'],
      ...['pre', 'code', 'kbd', 'samp', 'var', 'tt', 'wbr', 'bdo', 'section'],
      ...['ul', 'li', 'dl', 'dt', 'dd', 'blockquote', 'caption', 'tbody'],
      ...['thead', 'tfoot', 'summary', 'figure', 'figcaption', 'ruby', 'rt'],
      ...['rp', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'div', 'table', 'tr'],
    ].map(tag => [tag, ['align']]),
  ),
  // Backstage's link writes its address twice.
  a: ['href', 'to', 'target', 'rel'],
  img: [
    ...['src', 'alt', 'width', 'height', 'align'],
    ...['referrerpolicy', 'loading', 'decoding'],
  ],
  span: ['aria-hidden'],
  button: ['type', 'tabindex', 'aria-label'],
  // The icons of the page's own buttons.
  svg: ['viewBox', 'aria-hidden', 'focusable', 'role'],
  path: ['d'],
  input: ['type', 'disabled', 'checked', 'readonly', 'aria-label'],
  td: ['align', 'colspan', 'rowspan'],
  th: ['align', 'colspan', 'rowspan', 'scope'],
  ol: ['start'],
  details: ['open'],
  time: ['datetime'],
};
const EVERYWHERE = ['id', 'title', 'lang', 'dir', 'class'];
/** Hosts that may be asked for something while the README is shown. */
const OWN_HOSTS = ['github.example', 'raw.example'];

async function show(content: string): Promise<Element> {
  const { container } = await renderInTestApp(
    <main aria-label="README">
      <RepositoryMarkdown content={content} url={url} rawUrl={rawUrl} />
    </main>,
  );
  return container.querySelector('main')!;
}

function faultsOf(readme: Element): string[] {
  const faults: string[] = [];
  for (const element of readme.querySelectorAll('*')) {
    const tag = element.tagName.toLocaleLowerCase('en-US');
    const allowed = ALLOWED[tag];
    if (!allowed) {
      faults.push(`element ${tag}`);
      continue;
    }
    for (const { name, value } of element.attributes) {
      const ofHighlighter =
        name === 'style' && element.closest('pre') && !value.includes('url');
      if (![...allowed, ...EVERYWHERE].includes(name) && !ofHighlighter) {
        faults.push(`attribute ${tag}[${name}=${value}]`);
      }
    }
    if (/MuiBackdrop|MuiDialog/.test(element.getAttribute('class') ?? '')) {
      faults.push(`class ${element.getAttribute('class')}`);
    }
    if (element.id && !element.id.startsWith('user-content-')) {
      faults.push(`id ${element.id}`);
    }
    const href = element.getAttribute('href');
    if (
      href !== null &&
      !['http:', 'https:', 'mailto:'].includes(new URL(href).protocol)
    ) {
      faults.push(`link to ${href}`);
    }
    if (tag === 'a' && href && element.getAttribute('target') === '_top') {
      faults.push(`link over the page to ${href}`);
    }
    const src = element.getAttribute('src');
    if (src !== null) {
      const { host, protocol, pathname } = new URL(src);
      if (
        protocol !== 'https:' ||
        !OWN_HOSTS.includes(host) ||
        !pathname.startsWith('/org/strange/')
      ) {
        faults.push(`request to ${src}`);
      }
    }
    if (tag === 'input' && element.getAttribute('type') !== 'checkbox') {
      faults.push('a field');
    }
  }
  return faults;
}

describe('a hostile README', () => {
  const head = document.head.innerHTML;

  it('comes in at least eighty shapes', () => {
    expect(Object.keys(HOSTILE_READMES).length).toBeGreaterThanOrEqual(80);
  });

  it.each(Object.entries(HOSTILE_READMES))(
    'is harmless with %s',
    async (_, content) => {
      const readme = await show(`${content}\n`);
      expect(faultsOf(readme)).toEqual([]);

      // Whoever looks around in it and clicks on it is safe, too.
      for (const element of readme.querySelectorAll('*:not(button)')) {
        for (const type of ['mouseover', 'focus', 'error', 'load', 'toggle']) {
          fireEvent(element, new Event(type));
        }
      }
      expect(Reflect.get(window, 'hacked')).toBeUndefined();
      expect(document.querySelector('base, meta[http-equiv]')).toBeNull();
      expect(window.location.href).toBe('http://localhost/');
    },
  );

  it('is harmless with all of it at once, and what comes after is shown', async () => {
    const { plaintext, ...rest } = Object.fromEntries(
      Object.entries(HOSTILE_READMES).map(([name, content]) => [
        name.includes('plaintext') ? 'plaintext' : name,
        content,
      ]),
    );
    const readme = await show(
      `${Object.values(rest).join('\n\n')}\n\n${plaintext}\n`,
    );
    expect(faultsOf(readme)).toEqual([]);
    expect(Reflect.get(window, 'hacked')).toBeUndefined();
  });

  it('leaves the head of the page alone', async () => {
    await show(
      `${HOSTILE_READMES['a style sheet']}\n\n${HOSTILE_READMES['a base']}\n`,
    );
    expect(document.head.innerHTML).not.toContain('evil.example');
    expect(head).not.toContain('evil.example');
  });

  it('does not hide the words around what it tries', async () => {
    await show('before <script>1</script> after\n\n<svg></svg>\n\n## Below\n');
    expect(screen.getByText(/before/)).toHaveTextContent(/after/);
    expect(screen.getByRole('heading', { name: 'Below' })).toBeVisible();
  });
});
