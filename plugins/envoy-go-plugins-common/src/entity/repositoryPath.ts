/** Why a path does not stay inside the repository, as the rest of a sentence that begins "must". */
function checkInside(path: string): string | undefined {
  if (/\p{Cc}/u.test(path)) {
    return 'must not contain control characters';
  }
  if (path.includes('\\')) {
    return 'must be written with "/", not "\\"';
  }
  if (/^[A-Za-z]:/.test(path) || path.startsWith('/')) {
    return "must be a path from the repository's root, not an absolute one";
  }
  if (path.split('/').includes('..')) {
    return 'must stay inside the repository, without ".."';
  }
  return undefined;
}

/**
 * Says what is wrong with the path of a file in the repository.
 *
 * @returns the rest of a sentence that begins with the field; undefined when all is well
 */
export function checkFilePath(path: string): string | undefined {
  const outside = checkInside(path);
  if (outside) {
    return outside;
  }
  return path.split('/').some(element => element === '' || element === '.')
    ? 'must name a file, such as "envoy-proof.yaml" or "proofs/all.yaml"'
    : undefined;
}

/**
 * Says what is wrong with the path of a Go package in the repository: `.`, `filter`,
 * `./filter`. The rules are those of Go's import paths (golang.org/x/mod/module,
 * `CheckImportPath`) and of what another module may import.
 *
 * @returns the rest of a sentence that begins with the field; undefined when all is well
 */
export function checkGoPackagePath(path: string): string | undefined {
  const outside = checkInside(path);
  if (outside) {
    return outside;
  }
  if (path === '.') {
    return undefined;
  }
  for (const element of path.replace(/^\.\//, '').split('/')) {
    if (!/^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$/.test(element)) {
      return 'must be a Go package path of letters, digits and "-._~", such as "." or "filter"';
    }
    if (element.endsWith('.')) {
      return 'must not have an element that ends with "."';
    }
    if (element.startsWith('_') || element === 'testdata') {
      return `must not lie below "${element}", which Go leaves out`;
    }
    if (element === 'internal' || element === 'vendor') {
      return `must not lie below "${element}": a bundle is a module of its own, and Go does not let it import that`;
    }
  }
  return undefined;
}
