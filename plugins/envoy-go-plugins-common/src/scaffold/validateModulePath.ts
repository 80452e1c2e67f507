/** https://pkg.go.dev/golang.org/x/mod/module#CheckPath: names that Windows cannot store. */
const WINDOWS_NAMES = /^(con|prn|aux|nul|com[1-9]|lpt[1-9])$/i;

/**
 * Whether a Go module can have this path, by the rules of `go mod` (golang.org/x/mod/module,
 * `CheckPath`): the first element is a host name with a dot, the others hold ASCII letters,
 * digits and `-._~` only. An element `internal` or `vendor` is refused too: no bundle could
 * import such a plugin.
 *
 * @returns a sentence that says what is wrong and what to do, or undefined when the path is good
 * @public
 */
export function validateModulePath(path: string): string | undefined {
  const wrong = (what: string) =>
    `"${path}" is no Go module path: ${what}. Use one such as "github.com/acme/token-auth".`;
  if (path === '') {
    return 'Give the Go module a path, such as "github.com/acme/token-auth".';
  }
  const elements = path.split('/');
  const host = elements[0];
  if (elements.includes('')) {
    return wrong('it has an empty element');
  }
  const badHostCharacter = host.match(/[^a-z0-9.-]/u);
  if (badHostCharacter) {
    return wrong(
      `"${badHostCharacter[0]}" is not allowed in its host name, only lower-case letters, digits, dots and dashes are`,
    );
  }
  if (!host.includes('.') || host.startsWith('-')) {
    return wrong(
      `its first element "${host}" must be a host name with a dot in it`,
    );
  }
  for (const element of elements) {
    const strange = element.match(/[^A-Za-z0-9._~-]/u);
    if (strange) {
      return wrong(
        `"${strange[0]}" is not allowed, only letters, digits and "-._~" are`,
      );
    }
    if (element.startsWith('.') || element.endsWith('.')) {
      return wrong(`"${element}" begins or ends with a dot`);
    }
    if (
      WINDOWS_NAMES.test(element.split('.')[0]) ||
      /~[0-9]+$/.test(element.split('.')[0])
    ) {
      return wrong(`"${element}" is a name that Windows keeps for itself`);
    }
    if (element === 'internal' || element === 'vendor') {
      return wrong(
        `other modules could not import it because of its element "${element}"`,
      );
    }
  }
  if (elements.length < 2) {
    return wrong('it names a host but no repository');
  }
  const last = elements[elements.length - 1];
  if (/^v[0-9.]+$/.test(last) && !/^v([2-9]|[1-9][0-9]+)$/.test(last)) {
    return wrong(
      `its last element "${last}" looks like a major version, which must be v2 or higher`,
    );
  }
  return undefined;
}

/**
 * The Go module path for a repository: `github.com/acme/token-auth`. A host that cannot
 * stand in a module path (one with a port, or without a dot, such as `localhost:4010`) gives
 * way to `github.com`, so that a demo makes the same module as the real thing.
 *
 * @public
 */
export function modulePathOfRepository(repository: {
  host: string;
  owner: string;
  repo: string;
}): string {
  const { host, owner, repo } = repository;
  const usable = /^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+$/.test(host);
  return `${usable ? host : 'github.com'}/${owner}/${repo}`;
}
