import type {
  PublishCheckContext,
  PublishSource,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import fc from 'fast-check';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createMockDirectory } from '@backstage/backend-test-utils';
import { readDescription, validDescription } from '../readDescription';
import { descriptionCheck } from './descriptionCheck';
import { modulePathCheck } from './modulePathCheck';
import { readmeCheck } from './readmeCheck';

function sourceOf(files: Record<string, string>): PublishSource {
  return {
    commit: 'c'.repeat(40),
    files: Object.entries(files).map(([path, text]) => ({
      path,
      mode: '100644',
      sha: path,
      size: Buffer.byteLength(text),
    })),
    read: async path => (path in files ? Buffer.from(files[path]) : undefined),
    urlOf: path => `https://github.com/jo/marker/blob/c/${path}`,
  };
}

async function contextOf(
  files: Record<string, string>,
): Promise<PublishCheckContext> {
  const source = sourceOf(files);
  return {
    host: 'github.com',
    repository: { id: 7, owner: 'jo', repo: 'marker' },
    target: { owner: 'envoy-plugins', repo: 'marker' },
    source,
    description: validDescription(await readDescription(source)),
    previousRelease: async () => undefined,
    request: { id: 'r1', author: 'user:default/jo', askedAt: new Date(0) },
    progress: () => {},
    signal: new AbortController().signal,
  };
}

function describing(name: string, filterName: string, path = '.'): string {
  return `apiVersion: envoygo.dev/v1alpha1
kind: EnvoyGoPlugin
metadata:
  name: ${JSON.stringify(name)}
spec:
  type: http-filter
  runtime: dynamic-module
  lifecycle: production
  owner: group:default/gateway
  category: transform
  filterName: ${JSON.stringify(filterName)}
  package: ${JSON.stringify(path)}
  envoy: '>=1.38'
`;
}

describe('hostile descriptions', () => {
  const directory = createMockDirectory();
  const bait = () => directory.resolve('owned');
  const attacks = () => [
    `$(touch ${bait()})`,
    `\`touch ${bait()}\``,
    `x; touch ${bait()}`,
    `x && touch ${bait()}`,
    `x | tee ${bait()}`,
    `x\ntouch ${bait()}`,
    `x > ${bait()}`,
    '--exec=id',
    '../../../../etc/passwd',
    '%00',
    'a\0b',
    '${{ secrets.TOKEN }}',
    '{{constructor.constructor("return process")()}}',
    '__proto__',
  ];

  it('are refused in sentences, whatever is written for a name, and nothing is executed', async () => {
    for (const attack of attacks()) {
      for (const text of [
        describing(attack, 'marker'),
        describing('marker', attack),
        describing('marker', 'marker', attack),
      ]) {
        const context = await contextOf({ 'catalog-info.yaml': text });
        const report = await descriptionCheck.run(context);
        expect([text, report.outcome]).toEqual([text, 'failed']);
        expect(report.findings[0].message).toMatch(/\w/);
      }
    }
    expect(existsSync(bait())).toBe(false);
  });

  it.each([
    [
      'an alias that grows',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n`,
    ],
    ['an alias of itself', 'kind: &a [*a]\n'],
    ['a tag of another language', 'kind: !!js/function "function () {}"\n'],
    ['a prototype', '__proto__: { polluted: true }\nkind: EnvoyGoPlugin\n'],
    ['many documents', '---\n'.repeat(5_000)],
    ['depth', `a: ${'['.repeat(3_000)}`],
    ['what is too long', `# ${'x'.repeat(300_000)}`],
    ['nothing', ''],
    ['a zero', '\0'],
  ])('are refused in a sentence for %s', async (_, text) => {
    const context = await contextOf({ 'catalog-info.yaml': text });
    const report = await descriptionCheck.run(context);
    expect(report.outcome).toBe('failed');
    expect(report.summary).toMatch(/^catalog-info.yaml|^There are/);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  it('never make a check throw', async () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        ...attacks(),
        'apiVersion: envoygo.dev/v1alpha1\n',
        'kind: EnvoyGoPlugin\n',
        'metadata:\n  name: ',
        'spec:\n  filterName: ',
        '- ',
        '&a ',
        '*a ',
        '!!',
        '? ',
        '|\n',
        '"',
        'module github.com/jo/marker\n',
      ),
    );
    const text = fc.array(piece, { maxLength: 10 }).map(all => all.join(''));
    await fc.assert(
      fc.asyncProperty(text, text, text, async (info, goMod, readme) => {
        const context = await contextOf({
          'catalog-info.yaml': info,
          'go.mod': goMod,
          'README.md': readme,
        });
        for (const check of [descriptionCheck, modulePathCheck, readmeCheck]) {
          const { outcome, summary, findings } = await check.run(context);
          expect(summary).toMatch(/\S/);
          expect(findings.some(({ severity }) => severity === 'problem')).toBe(
            outcome === 'failed',
          );
        }
      }),
      { numRuns: 200 },
    );
    expect(existsSync(bait())).toBe(false);
    expect(existsSync(join(process.cwd(), 'owned'))).toBe(false);
  });
});
