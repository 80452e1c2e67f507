import { stripGo } from '../checks/goSource';

/** A change of a module's path, in the repository that has it. */
export interface ModulePathChange {
  from: string;
  to: string;
  /** The paths of all modules of the repository, as they were. */
  own: ReadonlySet<string>;
  /** Those of the modules that they use. */
  used: ReadonlySet<string>;
}

/**
 * What the modules of a repository are called, and what they use.
 *
 * @param goMods - the texts of its go.mod files
 */
export function readModules(
  goMods: readonly string[],
): Pick<ModulePathChange, 'own' | 'used'> {
  const own = new Set<string>();
  const used = new Set<string>();
  for (const text of goMods) {
    for (const { verb, words } of directivesOf(text)) {
      if (verb === 'module' && words.length > 0) {
        own.add(words[0].text);
      } else if (verb === 'require' && words.length > 0) {
        used.add(words[0].text);
      }
    }
  }
  for (const path of own) {
    used.delete(path);
  }
  return { own, used };
}

/**
 * The path that a package or module of the repository has afterwards; `undefined` where it
 * stays, as one of another module does whose path begins alike
 * (https://go.dev/ref/mod#module-path).
 */
function renamed(path: string, change: ModulePathChange): string | undefined {
  const { from, to, own, used } = change;
  if (!isWithin(path, from)) {
    return undefined;
  }
  let longest = '';
  for (const module of [...own, ...used]) {
    if (isWithin(path, module) && module.length > longest.length) {
      longest = module;
    }
  }
  return own.has(longest) ? `${to}${path.slice(from.length)}` : undefined;
}

function isWithin(path: string, module: string): boolean {
  return path === module || path.startsWith(`${module}/`);
}

/**
 * Rewrites go.mod: the module's own path, and where it says something of modules in the same
 * repository. Everything else, comments included, stays to the byte.
 */
export function rewriteGoMod(text: string, change: ModulePathChange): string {
  const edits: Edit[] = [];
  for (const { verb, words } of directivesOf(text)) {
    const isAboutModules = ['module', 'require', 'exclude', 'replace'].includes(
      verb,
    );
    for (const word of isAboutModules ? words : []) {
      const to = change.own.has(word.text)
        ? renamed(word.text, change)
        : undefined;
      if (to !== undefined) {
        edits.push({ at: word.offset, length: word.text.length, to });
      }
    }
  }
  return edited(text, edits);
}

/**
 * Rewrites the imports of a Go file that are of the module, and sorts them as gofmt does
 * where they were sorted. Nothing else is touched, be it called alike.
 */
export function rewriteGoImports(
  text: string,
  change: ModulePathChange,
): string {
  const imports = importsOf(text);
  const edits = imports.flatMap(({ path, offset }): Edit[] => {
    const to = renamed(path, change);
    return to === undefined ? [] : [{ at: offset, length: path.length, to }];
  });
  return edits.length === 0 ? text : sortImports(edited(text, edits));
}

interface Edit {
  at: number;
  length: number;
  to: string;
}

function edited(text: string, edits: Edit[]): string {
  let result = '';
  let end = 0;
  for (const { at, length, to } of edits) {
    result += text.slice(end, at) + to;
    end = at + length;
  }
  return result + text.slice(end);
}

interface Word {
  text: string;
  offset: number;
}

/** The lines of a go.mod: https://go.dev/ref/mod#go-mod-file-lexical */
function directivesOf(text: string): { verb: string; words: Word[] }[] {
  const directives = [];
  let block: string | undefined;
  let start = 0;
  for (const line of text.split('\n')) {
    const words: Word[] = [];
    const code = line.replace(/\/\/.*$/, '');
    for (const found of code.matchAll(
      /"([^"]*)"|`([^`]*)`|([()]|[^\s()"`]+)/g,
    )) {
      const quoted = found[1] ?? found[2];
      words.push({
        text: quoted ?? found[3],
        offset: start + (found.index ?? 0) + (quoted === undefined ? 0 : 1),
      });
    }
    start += line.length + 1;
    if (block !== undefined) {
      if (words[0]?.text === ')') {
        block = undefined;
      } else {
        directives.push({ verb: block, words });
      }
    } else if (words[1]?.text === '(') {
      block = words[0].text;
    } else if (words.length > 0) {
      directives.push({ verb: words[0].text, words: words.slice(1) });
    }
  }
  return directives;
}

/**
 * The imports of a Go file, which stand before everything else but the package's name
 * (https://go.dev/ref/spec#Source_file_organization), with where their paths begin.
 */
function importsOf(text: string): { path: string; offset: number }[] {
  const code = stripGo(text, { keepStrings: true });
  const imports: { path: string; offset: number }[] = [];
  let at = code.match(/^\uFEFF?\s*package\s+[\p{L}_][\p{L}\p{N}_]*[\s;]*/u)?.[0]
    .length;
  const spec =
    /(?:[\p{L}_.][\p{L}\p{N}_]*\s*)?(?:"([^"\n]*)"|`([^`]*)`)[\s;]*/uy;
  const readSpec = (from: number): number | undefined => {
    spec.lastIndex = from;
    const found = spec.exec(code);
    if (!found) {
      return undefined;
    }
    const path = found[1] ?? found[2];
    const quote = found[0].search(/["`]/);
    imports.push({ path, offset: from + quote + 1 });
    return spec.lastIndex;
  };
  const keyword = /import\s*(\(\s*)?(?=[\s\p{L}_."`)])/uy;
  while (at !== undefined) {
    keyword.lastIndex = at;
    const found = keyword.exec(code);
    if (!found) {
      break;
    }
    let next: number | undefined = keyword.lastIndex;
    if (found[1] === undefined) {
      next = readSpec(next);
    } else {
      for (let read = readSpec(next); read !== undefined; ) {
        next = read;
        read = readSpec(next);
      }
      const close: string | undefined = code
        .slice(next)
        .match(/^\)[\s;]*/)?.[0];
      next = close === undefined ? undefined : next + close.length;
    }
    at = next;
  }
  return imports;
}

const IMPORT_LINE = /^\t(?:[\p{L}_.][\p{L}\p{N}_]*\s+)?"([^"]+)"/u;

/** Sorts imports by path within lines that follow each other, as gofmt does. */
function sortImports(text: string): string {
  const end = importsOf(text).at(-1)?.offset ?? 0;
  const lines = text.split('\n');
  const sorted: string[] = [];
  let run: { line: string; path: string }[] = [];
  const flush = () => {
    run.sort((one, other) => compare(one.path, other.path));
    sorted.push(...run.map(({ line }) => line));
    run = [];
  };
  let start = 0;
  for (const line of lines) {
    const path = start <= end ? line.match(IMPORT_LINE)?.[1] : undefined;
    start += line.length + 1;
    if (path === undefined) {
      flush();
      sorted.push(line);
    } else {
      run.push({ line, path });
    }
  }
  flush();
  return sorted.join('\n');
}

function compare(one: string, other: string): number {
  if (one === other) {
    return 0;
  }
  return one < other ? -1 : 1;
}
