import { goImports, goInitBodies, stripGo } from './goSource';

it('finds imports in whichever way they are written, and none in comments and strings', () => {
  const source = `package a // import "os/exec"
/* import "plugin" */
import "unsafe"
import (
	"net" // "syscall"
	x "os/exec"
	. \`fmt\`
)
var s = "import \\"C\\""
var r = \`
import "plugin"
\`
`;
  expect(goImports(source).map(({ path }) => path)).toEqual(
    expect.arrayContaining(['unsafe', 'net', 'os/exec', 'fmt']),
  );
  expect(goImports(source).map(({ path }) => path)).not.toContain('syscall');
});

it('finds the bodies of init functions, braces in strings notwithstanding', () => {
  const bodies = goInitBodies(
    'package a\n\nfunc init() {\n\ts := "}"\n\tif s != "" {\n\t\tgo run()\n\t}\n}\n\nfunc b() { go run() }\n',
  );
  expect(bodies).toHaveLength(1);
  expect(bodies[0].body).toContain('go run()');
  expect(bodies[0].body).not.toContain('func b');
});

it('takes no longer than a text is long, whatever it holds', () => {
  const hostile = [
    '"'.repeat(200_000),
    '/*'.repeat(100_000),
    'import (\n'.repeat(20_000),
    'func init() {\n'.repeat(30_000),
  ];
  for (const text of hostile) {
    expect(() => stripGo(text, { keepStrings: false })).not.toThrow();
    expect(() => goImports(text)).not.toThrow();
    expect(() => goInitBodies(text)).not.toThrow();
  }
});
