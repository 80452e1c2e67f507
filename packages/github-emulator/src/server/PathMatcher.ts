/** Path parameters whose value may have slashes in it, as GitHub takes them. */
const WITH_SLASHES = new Set([
  'path',
  'ref',
  'branch',
  'tag',
  'basehead',
  'tree_sha',
]);

/** Finds the template of a path, and the values of its parameters. */
export class PathMatcher {
  readonly #templates: Array<{
    template: string;
    pattern: RegExp;
    names: string[];
  }>;

  constructor(templates: Iterable<string>) {
    this.#templates = [...new Set(templates)]
      .map(template => ({ template, ...compile(template) }))
      .sort((a, b) => compareTemplates(a.template, b.template));
  }

  match(
    path: string,
  ): { template: string; params: Record<string, string> } | undefined {
    for (const { template, pattern, names } of this.#templates) {
      const found = pattern.exec(path);
      if (found) {
        const params: Record<string, string> = {};
        names.forEach((name, at) => {
          params[name] = decode(found[at + 1] ?? '');
        });
        return { template, params };
      }
    }
    return undefined;
  }
}

function compile(template: string): { pattern: RegExp; names: string[] } {
  const names: string[] = [];
  const source = template
    .split('/')
    .slice(1)
    .map(segment => {
      const parameter = /^\{(.+)\}$/.exec(segment);
      if (!parameter) {
        return `/${segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`;
      }
      names.push(parameter[1]);
      if (parameter[1] === 'path') {
        // The root of a repository has no path, and its slash may be missing.
        return '(?:/(.*))?';
      }
      return WITH_SLASHES.has(parameter[1]) ? '/(.+)' : '/([^/]+)';
    })
    .join('');
  return { pattern: new RegExp(`^${source}$`), names };
}

/** Literal segments go before parameters, longer templates before shorter ones. */
function compareTemplates(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const difference =
      Number(left[at].startsWith('{')) - Number(right[at].startsWith('{'));
    if (difference !== 0) {
      return difference;
    }
  }
  return right.length - left.length || a.localeCompare(b);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
