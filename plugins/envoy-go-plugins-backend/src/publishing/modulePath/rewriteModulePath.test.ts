import fc from 'fast-check';
import {
  type ModulePathChange,
  readModules,
  rewriteGoImports,
  rewriteGoMod,
} from './rewriteModulePath';

const FROM = 'github.com/jo/marker';
const TO = 'github.com/envoy-plugins/marker';

function changeOf(...goMods: string[]): ModulePathChange {
  return { from: FROM, to: TO, ...readModules(goMods) };
}

const ONE = changeOf(`module ${FROM}\n`);

describe('rewriteGoMod', () => {
  it.each([
    [`module ${FROM}\n`, `module ${TO}\n`],
    [`module "${FROM}" // Ours\r\n`, `module "${TO}" // Ours\r\n`],
    [`module (\n\t${FROM}\n)\n`, `module (\n\t${TO}\n)\n`],
    [
      `// Was ${FROM}\nmodule\t${FROM}\n\ngo 1.26\n`,
      `// Was ${FROM}\nmodule\t${TO}\n\ngo 1.26\n`,
    ],
  ])('gives %j its path', (before, after) => {
    expect(rewriteGoMod(before, changeOf(before))).toBe(after);
  });

  it('leaves other modules alone, whatever they begin with', () => {
    const rest = `
require (
\t${FROM}/v2 v2.0.1 // indirect
\t${FROM}-extra v1.0.0
\texample.com/x v1.0.0 // ${FROM}
)
replace example.com/x => ../${FROM}
`;
    const goMod = `module ${FROM}\n${rest}`;
    expect(rewriteGoMod(goMod, changeOf(goMod))).toBe(`module ${TO}\n${rest}`);
  });

  it('follows the modules of the same repository', () => {
    const root = `module ${FROM}\nrequire ${FROM}/tools v0.0.0\nreplace ${FROM}/tools => ./tools\n`;
    const tools = `module ${FROM}/tools\nrequire ${FROM} v0.0.0\nreplace ${FROM} => ../\n`;
    const change = changeOf(root, tools);
    expect(rewriteGoMod(root, change)).toBe(
      `module ${TO}\nrequire ${TO}/tools v0.0.0\nreplace ${TO}/tools => ./tools\n`,
    );
    expect(rewriteGoMod(tools, change)).toBe(
      `module ${TO}/tools\nrequire ${TO} v0.0.0\nreplace ${TO} => ../\n`,
    );
  });
});

describe('rewriteGoImports', () => {
  it.each([
    [
      'one',
      `package main\n\nimport "${FROM}"\n`,
      `package main\n\nimport "${TO}"\n`,
    ],
    [
      'several, sorted as gofmt does',
      `package main\n\nimport (\n\t"fmt"\n\n\t"github.com/gin/gin"\n\t_ "${FROM}"\n\t. "${FROM}/config"\n)\n`,
      `package main\n\nimport (\n\t"fmt"\n\n\t_ "${TO}"\n\t. "${TO}/config"\n\t"github.com/gin/gin"\n)\n`,
    ],
    [
      'raw strings, comments and semicolons',
      `// Package main is ${FROM}.\npackage main; import m \`${FROM}\`; import ( "os"; /* "${FROM}" */ c "${FROM}/c" )\n`,
      `// Package main is ${FROM}.\npackage main; import m \`${TO}\`; import ( "os"; /* "${FROM}" */ c "${TO}/c" )\n`,
    ],
    [
      'behind a build constraint and cgo',
      `//go:build linux\n\npackage main\n\n/*\n#include <stdio.h>\nimport "${FROM}"\n*/\nimport "C"\n\nimport "${FROM}"\n`,
      `//go:build linux\n\npackage main\n\n/*\n#include <stdio.h>\nimport "${FROM}"\n*/\nimport "C"\n\nimport "${TO}"\n`,
    ],
  ])('rewrites %s', (_, before, after) => {
    expect(rewriteGoImports(before, ONE)).toBe(after);
    expect(rewriteGoImports(after, ONE)).toBe(after);
  });

  it.each([
    ['text that has it', `package main\n\nconst home = "${FROM}"\n`],
    [
      'code in a string',
      `package main\n\nimport "fmt"\n\nconst code = \`\nimport (\n\t"${FROM}"\n)\n\`\n`,
    ],
    ['a module of another name', `package main\n\nimport "${FROM}-extra"\n`],
    ['a path within another one', `package main\n\nimport "x.org/${FROM}"\n`],
    ['what is no Go', `import "${FROM}"\n`],
    ['what breaks off', `package main\n\nimport ("${FROM}`],
    ['nothing', ''],
  ])('leaves %s alone', (_, text) => {
    expect(rewriteGoImports(text, ONE)).toBe(text);
  });

  it('leaves a major version alone that is another module', () => {
    const change = changeOf(`module ${FROM}\nrequire ${FROM}/v2 v2.1.0\n`);
    const text = `package main\n\nimport "${FROM}/v2/config"\n`;
    expect(rewriteGoImports(text, change)).toBe(text);
    expect(
      rewriteGoImports(`package main\n\nimport "${FROM}/config"\n`, change),
    ).toContain(`"${TO}/config"`);
  });

  it('changes nothing but what it must, whatever the file is', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'package main\n',
        'import ',
        'import (\n',
        ')\n',
        `"${FROM}"`,
        `\`${FROM}/c\``,
        '"fmt"\n',
        '/*',
        '*/',
        '// ',
        '\n',
        "'",
        '$(touch /tmp/x)',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        const before = pieces.join('');
        const after = rewriteGoImports(before, ONE);
        const sorted = (text: string) =>
          text.replaceAll(TO, FROM).split('\n').sort().join('\n');
        expect(sorted(after)).toBe(sorted(before));
        expect(rewriteGoImports(after, ONE)).toBe(after);
      }),
      { numRuns: 500 },
    );
  });
});
