/**
 * Go without comments, and without what is in its strings unless they are kept; lines stay
 * where they are. See https://go.dev/ref/spec#Lexical_elements
 */
export function stripGo(
  text: string,
  options: { keepStrings: boolean },
): string {
  return text.replace(
    /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:\\[\s\S]|[^"\\\n])*"?|`[^`]*`?|'(?:\\[\s\S]|[^'\\\n])*'?/g,
    found => {
      const isComment = found.startsWith('//') || found.startsWith('/*');
      return !isComment && options.keepStrings
        ? found
        : found.replace(/[^\n]/g, ' ');
    },
  );
}

/** The packages that a Go file imports, and where. */
export function goImports(text: string): { path: string; offset: number }[] {
  const code = stripGo(text, { keepStrings: true });
  const imports: { path: string; offset: number }[] = [];
  const declaration =
    /^[ \t]*import\s*(?:\(([^()]*)\)|(?:[\w.]+\s+)?["`]([^"`\n]+)["`])/gm;
  for (const found of code.matchAll(declaration)) {
    const start = found.index ?? 0;
    if (found[2] !== undefined) {
      imports.push({ path: found[2], offset: start });
    } else {
      for (const spec of found[1].matchAll(/["`]([^"`\n]+)["`]/g)) {
        imports.push({
          path: spec[1],
          offset: start + found[0].indexOf(found[1]) + (spec.index ?? 0),
        });
      }
    }
  }
  return imports;
}

/** The bodies of functions named `init`, and where they begin. */
export function goInitBodies(text: string): { body: string; offset: number }[] {
  const code = stripGo(text, { keepStrings: false });
  const bodies: { body: string; offset: number }[] = [];
  let end = 0;
  for (const found of code.matchAll(/^func\s+init\s*\(\s*\)\s*\{/gm)) {
    const offset = (found.index ?? 0) + found[0].length;
    // Functions do not nest: one that is broken ends with the file
    if (offset > end) {
      let depth = 1;
      end = offset;
      while (end < code.length && depth > 0) {
        depth += { '{': 1, '}': -1 }[code[end]] ?? 0;
        end += 1;
      }
      bodies.push({ body: code.slice(offset, end), offset });
    }
  }
  return bodies;
}
