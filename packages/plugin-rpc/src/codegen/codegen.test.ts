import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { copyFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { run } from '../cli';
import { Core, PluginInterface } from '../core';
import { Plugin } from '../plugin';
import { World } from '../testing/world';
import { DefinitionError, readDefinition, signatureOf } from '.';
import { readType } from './readType';

/** A program that uses what is generated; its types are checked, too. */
const program = `
import { Timestamp } from '@envoy-go/plugin-rpc';
import type { Core } from '@envoy-go/plugin-rpc';
import {
  createSurveyPlugin,
  EverythingArgs,
  SurveyClient,
  surveyInterface,
} from './survey.generated';

export { surveyInterface };

export const everything: EverythingArgs = {
  flag: true,
  small: -3,
  big: 2n ** 62n,
  share: 1,
  title: 'Lunch',
  data: new Uint8Array([1, 2]),
  when: new Timestamp(5, 7),
  names: ['a', 'b'],
  grid: [[1, 2.5], []],
  counts: { one: 1n },
  weights: { w: [1, 2] },
  mood: 'so-so',
  moods: ['yes', 'no'],
  ratio: 3,
};

export function createPlugin() {
  return createSurveyPlugin({
    everything: args => args,
    async count({ to }, _ctx, part) {
      for (let number = 0n; number < to; number++) {
        await part({ number });
      }
      return {};
    },
    raw: args => args,
    ping: () => ({}),
  });
}

export async function use(core: Core) {
  const client = new SurveyClient(core);
  const numbers: bigint[] = [];
  await client.count({ to: 3 }, part => {
    numbers.push(part.number);
  });
  return {
    everything: await client.everything(everything),
    numbers,
    raw: await client.raw(new Uint8Array([9])),
    ping: await client.ping({}, { timeout: 1000 }),
  };
}
`;

/** What the program above exports. */
interface Generated {
  surveyInterface: PluginInterface;
  everything: Record<string, unknown>;
  createPlugin(): Plugin;
  use(core: Core): Promise<{ everything: { data: Uint8Array } }>;
}

describe('code generation', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-rpc-codegen-'));
  const file = join(folder, 'survey-2.0.0.yaml');
  const made = (name: string) => join(folder, 'survey-2.0.0', name);
  const world = new World();

  async function create(...args: string[]) {
    let out = '';
    let err = '';
    const code = await run(['create', ...args], {
      goLibrary: join(__dirname, '../../go'),
      out: text => {
        out += text.replaceAll(folder, '');
      },
      err: text => {
        err += text.replaceAll(folder, '');
      },
    });
    return { code, out, err };
  }

  beforeAll(async () => {
    await copyFile(join(__dirname, 'fixtures/survey-2.0.0.yaml'), file);
    // Where the generated code finds this package.
    await symlink(
      join(dirname(require.resolve('typescript/package.json')), '..'),
      join(folder, 'node_modules'),
    );
    const first = await create('-f', file, '-o', folder);
    if (first.code !== 0) {
      throw new Error(first.err);
    }
  });
  afterEach(() => world.close());
  afterAll(() => rm(folder, { recursive: true }));

  it('made again changes nothing, and leaves people’s own files alone', async () => {
    writeFileSync(made('ts/handlers.ts'), '// mine');
    writeFileSync(made('go/handlers.go'), '// mine');
    const again = await create('-d', folder, '-o', folder);
    expect(again.out).toMatchInlineSnapshot(`
      "unchanged /survey-2.0.0/ts/survey.generated.ts
      kept      /survey-2.0.0/ts/handlers.ts
      kept      /survey-2.0.0/ts/plugin.ts
      unchanged /survey-2.0.0/go/generated.go
      kept      /survey-2.0.0/go/handlers.go
      kept      /survey-2.0.0/go/main.go
      kept      /survey-2.0.0/go/go.mod
      kept      /survey-2.0.0/go/go.sum
      "
    `);
    expect(readFileSync(made('ts/handlers.ts'), 'utf8')).toBe('// mine');
    expect(readFileSync(made('go/handlers.go'), 'utf8')).toBe('// mine');
  });

  it('carries comments over', () => {
    const generated = readFileSync(made('ts/survey.generated.ts'), 'utf8');
    expect(generated).toContain('Asks people.');
    expect(generated).toContain(' * Every type there is.\n   * In two lines.');
    expect(generated).toContain(
      '/** Whether it is urgent. */\n  flag: boolean;',
    );
    expect(generated).toContain('/** between 0 and 1 */\n  share: number;');
    const go = readFileSync(made('go/generated.go'), 'utf8');
    expect(go).toContain('\t// Every type there is.\n\t// In two lines.\n');
    expect(go).toContain('\t// between 0 and 1\n\tShare float64\n');
  });

  it('gives TypeScript that compiles', async () => {
    await rm(made('ts/handlers.ts'), { force: true });
    await create('-f', file, '-o', folder, '--lang', 'ts');
    writeFileSync(made('ts/program.ts'), program);
    const compiled = ts.createProgram(
      ['program.ts', 'plugin.ts'].map(name => made(`ts/${name}`)),
      {
        noEmit: true,
        strict: true,
        noUnusedLocals: true,
        noUnusedParameters: true,
        skipLibCheck: true,
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
        types: ['node'],
        typeRoots: [join(folder, 'node_modules/@types')],
      },
    );
    const messages = ts
      .getPreEmitDiagnostics(compiled)
      .filter(({ file: where }) => where?.fileName.startsWith(folder))
      .map(({ messageText }) =>
        ts.flattenDiagnosticMessageText(messageText, '\n'),
      );
    expect(messages).toEqual([]);
  }, 120_000);

  it('gives TypeScript that works on a real core', async () => {
    writeFileSync(made('ts/program.ts'), program);
    const generated = jest.requireActual<Generated>(made('ts/program.ts'));
    const core = new Core({
      tokens: ['secret'],
      interfaces: [generated.surveyInterface],
    });
    world.onClose(() => core.close({ grace: 0 }));
    const { address } = await core.serve({ address: '127.0.0.1:0' });
    const plugin = generated.createPlugin();
    world.onClose(() => plugin.unmount('', { grace: 0 }));
    await plugin.mount({ address, token: 'secret' });
    const { everything, ...rest } = await generated.use(core);
    expect(rest).toEqual({
      numbers: [0n, 1n, 2n],
      raw: Buffer.from([9]),
      ping: {},
    });
    expect(everything).toEqual({
      ...generated.everything,
      data: everything.data,
      note: undefined,
      tags: undefined,
    });
    expect([...everything.data]).toEqual([1, 2]);
  });

  it('gives a signature that only types decide', () => {
    const signatures = (text: string) =>
      readDefinition('a-1.0.0.yaml', text).functions.map(signatureOf);
    const head = 'name: a\nversion: 1.0.0\nfunctions:\n';
    expect(
      signatures(
        `${head}  f: { args: { b: enum<y|x>, a: 'optional<list<time>>' } }\n`,
      ),
    ).toEqual(['(a?: list<time>, b: enum<x|y>) -> ()']);
    expect(
      signatures(
        `${head}  f:\n    # other words\n    args:\n      a: optional<list<time>>\n      b: enum<x|y>\n`,
      ),
    ).toEqual(['(a?: list<time>, b: enum<x|y>) -> ()']);
    expect(
      signatures(`${head}  f: { args: bytes, parts: { n: int64 } }\n`),
    ).toEqual(['bytes -> stream (n: int64) -> ()']);
  });

  describe('tells where a definition is wrong, and what is allowed', () => {
    const types =
      'allowed are bool, int32, int64, float64, string, bytes, time, list<T>, map<T>, optional<T>, enum<A|B>';
    it.each([
      ['', '1:1: There must be a map with name, version and functions'],
      ['name: a\nname: b\n', '2:1: Map keys must be unique'],
      ['name: [\n', '2:1: Flow sequence in block collection'],
      [
        'nam: a\nname: a\nversion: 1.0.0\nfunctions: { f: }',
        '1:1: "nam" is not known here; allowed are name, version, functions',
      ],
      ['version: 1.0.0\nfunctions: { f: }', '1:1: "name" is missing'],
      [
        'name: A_b\nversion: 1.0.0\nfunctions: { f: }',
        '1:7: "name" is "A_b"; it must be like my-plugin',
      ],
      [
        'name: a\nversion: 1.0\nfunctions: { f: }',
        '2:10: "version" is "1.0"; it must be like 1.0.0 or 1.0.0-beta.1',
      ],
      [
        'name: b\nversion: 1.0.0\nfunctions: { f: }',
        '1:1: The file must be called b-1.0.0.yaml, by the name and version in it',
      ],
      [
        'name: a\nversion: 1.0.0\nfunctions:\n',
        '3:11: "functions" must be a map of at least one function by its name',
      ],
      [
        'name: a\nversion: 1.0.0\nfunctions:\n  constructor:\n',
        '4:3: "constructor" cannot be the name of a function; allowed are up to 64 letters and digits, a small letter first, but not constructor, prototype, then',
      ],
      [
        'name: a\nversion: 1.0.0\nfunctions:\n  f: 5\n',
        '4:6: "f" must be a map; allowed are args, parts, result',
      ],
      [
        'name: a\nversion: 1.0.0\nfunctions:\n  f:\n    results: {}\n',
        '5:5: "results" is not known here; allowed are args, parts, result',
      ],
      [
        'name: a\nversion: 1.0.0\nfunctions:\n  f:\n    args: int64\n',
        '5:11: "args" must be a map of types by field, or bytes',
      ],
      [
        'name: a\nversion: 1.0.0\nfunctions:\n  f:\n    args: { x: int }\n',
        `5:16: "int" is no type; ${types}`,
      ],
      [
        'name: a\nversion: 1.0.0\nfunctions:\n  f:\n    args: { x: "list<integer>" }\n',
        `5:22: "integer" is no type; ${types}`,
      ],
      [
        'name: a\nversion: 1.0.0\nfunctions:\n  f:\n    args:\n      x_y: bool\n',
        '6:7: "x_y" cannot be the name of a field; allowed are up to 64 letters and digits, a small letter first, but not constructor, prototype, then',
      ],
      [
        'name: a\nversion: 1.0.0\nfunctions:\n  f:\n    args:\n      x: [bool]\n',
        '6:10: "x" must have a type for its value, e.g. string',
      ],
    ])('%j: %s', (text, message) => {
      expect(() => readDefinition('a-1.0.0.yaml', text)).toThrow(
        expect.objectContaining({
          constructor: DefinitionError,
          message: expect.stringContaining(`a-1.0.0.yaml:${message}`),
        }),
      );
    });

    it.each([
      ['list<bool', '">" is missing in the type "list<bool"'],
      ['list', '"<" is missing in the type "list"'],
      ['bool>', '">" is too much in the type "bool>"'],
      ['enum<>', '"" is no value of an enum'],
      ['enum<a|a>', '"a" is there twice'],
      ['list<optional<bool>>', 'it must be the outermost'],
    ])('the type %s: %s', (text, message) => {
      expect(() => readType(text)).toThrow(message);
    });

    it('all of it at once', () => {
      const read = () =>
        readDefinition(
          'a-1.0.0.yaml',
          'name: a\nversion: x\nfunctions: { f: { args: { x: in } } }',
        );
      expect(read).toThrow(/^a-1\.0\.0\.yaml:2:10: .*\na-1\.0\.0\.yaml:3:30: /);
    });
  });

  it('ends the command with 1 for a wrong definition, with 2 for a wrong command', async () => {
    const wrong = join(folder, 'wrong-1.0.0.yaml');
    writeFileSync(wrong, 'name: wrong');
    expect(await create('-f', wrong, '-o', folder)).toMatchObject({
      code: 1,
      err: expect.stringContaining(
        '/wrong-1.0.0.yaml:1:1: "version" is missing',
      ),
    });
    await rm(wrong);
    expect(await create('-d', made('ts'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no NAME-VERSION.yaml in'),
    });
    expect(await create('-f', join(folder, 'none-1.0.0.yaml'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('no such file'),
    });
    expect(await create('--lang', 'cobol')).toMatchObject({ code: 2 });
    expect(await create('--help')).toMatchObject({ code: 0 });
  });
});
