import { SaxesParser } from 'saxes';
import { createAtomFeed } from './createAtomFeed';
import { createBadge } from './createBadge';
import { escapeXml } from './escapeXml';

const HOSTILE = [
  '<script>alert(1)</script>',
  '" onload="alert(1)',
  "'&lt;]]><!--",
  'a\0b\u0001c\uFFFEd\uD800e',
  '\u202Eexe.𝒇𝒊𝒍𝒕𝒆𝒓',
];

/** Reads XML as strict as a parser can be. */
function parse(xml: string) {
  const elements: { name: string; attributes: Record<string, string> }[] = [];
  const texts: Record<string, string[]> = {};
  let open: string[] = [];
  const parser = new SaxesParser();
  parser.on('error', error => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    elements.push({ name, attributes });
    open.push(name);
  });
  parser.on('text', text => {
    const path = open.join('/');
    texts[path] = [...(texts[path] ?? []), text];
  });
  parser.on('closetag', () => {
    open = open.slice(0, -1);
  });
  parser.write(xml).close();
  return { elements, texts };
}

describe('escapeXml', () => {
  it.each(HOSTILE)('makes text of %j', text => {
    const { elements, texts } = parse(
      `<a b="${escapeXml(text)}">${escapeXml(text)}</a>`,
    );
    const storable = ['\0', '\u0001', '\uFFFE', '\uD800'].reduce(
      (cleaned, character) => cleaned.replaceAll(character, '\uFFFD'),
      text,
    );
    expect(elements).toEqual([{ name: 'a', attributes: { b: storable } }]);
    expect(texts.a).toEqual([storable]);
  });
});

describe('createBadge', () => {
  it('says in which Envoys a plugin was proven', () => {
    const badge = createBadge({
      title: 'Header auth',
      verified: {
        version: '1.2.0',
        tag: 'v1.2.0',
        at: '2026-11-20T10:00:00Z',
        envoys: ['1.38.3', '1.40.0'],
      },
      envoyProofs: [
        { envoy: '1.38', outcome: 'passed', versions: ['1.38.3'] },
        { envoy: '1.39', outcome: 'not-run', versions: [] },
        { envoy: '1.40', outcome: 'passed', versions: ['1.40.0'] },
      ],
    });
    expect(parse(badge).texts).toMatchObject({
      'svg/title': ['Header auth: verified v1.2.0, 1.38 ✓ 1.40 ✓'],
      'svg/g/text': ['verified v1.2.0', '1.38 ✓ 1.40 ✓'],
    });
    expect(badge).toContain('#2e7d32');
  });

  it('says in which it failed', () => {
    const badge = createBadge({
      title: 'Header auth',
      envoyProofs: [
        { envoy: '1.39', outcome: 'passed', versions: ['1.39.3'] },
        { envoy: '1.40', outcome: 'failed', versions: ['1.40.0'] },
      ],
    });
    expect(parse(badge).texts['svg/g/text']).toEqual([
      'envoy',
      '1.39 ✓ 1.40 ✗',
    ]);
    expect(badge).toContain('#c62828');
  });

  it('claims nothing of what was not proven', () => {
    const badge = createBadge({ title: 'Header auth' });
    expect(parse(badge).texts['svg/g/text']).toEqual(['envoy', 'not proven']);
  });

  it.each(HOSTILE)('shows a plugin called %j as text', title => {
    const { elements } = parse(
      createBadge({
        title,
        verified: { version: '1.0.0', tag: title, at: '', envoys: [] },
        envoyProofs: [{ envoy: '1.40', outcome: 'passed', versions: [] }],
      }),
    );
    expect(elements.map(({ name }) => name)).toEqual([
      'svg',
      'title',
      'rect',
      'rect',
      'g',
      'text',
      'text',
    ]);
    expect(Object.keys(elements[0].attributes)).toEqual([
      'xmlns',
      'width',
      'height',
      'role',
      'aria-label',
    ]);
  });
});

describe('createAtomFeed', () => {
  const entry = (text: string) => ({
    id: 'urn:envoy-go-plugins:github.com:7:1:abc',
    title: text,
    url: `https://portal.example.com/?q=${text}`,
    updated: '2026-11-20T10:00:00.000Z',
    summary: text,
    author: text,
  });
  const feed = (texts: string[]) =>
    createAtomFeed({
      id: 'https://portal.example.com/feed.atom',
      title: 'New versions',
      selfUrl: 'https://portal.example.com/feed.atom',
      pageUrl: 'https://portal.example.com/envoy-go-plugins',
      entries: texts.map(entry),
    });

  it.each(HOSTILE)('is valid with a plugin called %j', text => {
    const { elements, texts } = parse(feed([text]));
    expect(elements.map(({ name }) => name)).toEqual([
      'feed',
      'id',
      'title',
      'updated',
      'link',
      'link',
      'entry',
      'id',
      'title',
      'updated',
      'author',
      'name',
      'link',
      'summary',
    ]);
    expect(elements[0].attributes).toEqual({
      xmlns: 'http://www.w3.org/2005/Atom',
    });
    expect(texts['feed/updated']).toEqual(['2026-11-20T10:00:00.000Z']);
  });

  it('has all that Atom wants where there are no versions', () => {
    expect(parse(feed([])).texts).toMatchObject({
      'feed/id': ['https://portal.example.com/feed.atom'],
      'feed/title': ['New versions'],
      'feed/updated': ['1970-01-01T00:00:00.000Z'],
    });
  });
});
