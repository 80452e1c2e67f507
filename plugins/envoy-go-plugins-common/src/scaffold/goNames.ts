/** https://go.dev/ref/spec#Keywords */
const KEYWORDS = new Set(
  (
    'break case chan const continue default defer else fallthrough for func go goto if import ' +
    'interface map package range return select struct switch type var'
  ).split(' '),
);

/** https://go.dev/ref/spec#Predeclared_identifiers */
const PREDECLARED = new Set(
  (
    'any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 ' +
    'rune string uint uint8 uint16 uint32 uint64 uintptr true false iota nil append cap clear close ' +
    'complex copy delete imag len make max min new panic print println real recover'
  ).split(' '),
);

/** Names that the Go tool gives a meaning of its own, so that no other module could import the package. */
const NOT_IMPORTABLE = new Set([
  'init',
  'internal',
  'main',
  'testdata',
  'vendor',
]);

/** The words that Go writes in capitals throughout, https://go.dev/wiki/CodeReviewComments#initialisms */
const INITIALISMS = new Set(
  (
    'acl api ascii cpu css dns eof grpc guid html http https id ip json jwt lhs qps ram rhs rpc sla smtp ' +
    'sql ssh tcp tls ttl udp ui uid uri url utf8 uuid vm xml'
  ).split(' '),
);

/**
 * Why a word cannot be the name of a Go package that others import, or undefined when it can.
 */
export function whyNotAGoPackage(word: string): string | undefined {
  if (KEYWORDS.has(word)) {
    return 'a keyword of Go';
  }
  if (PREDECLARED.has(word)) {
    return 'a predeclared identifier of Go';
  }
  if (NOT_IMPORTABLE.has(word)) {
    return 'a name that Go keeps for itself';
  }
  return undefined;
}

/**
 * The Go package of a plugin: its name without dashes, `token-auth` → `tokenauth`.
 *
 * @public
 */
export function goPackageName(name: string): string {
  return name.replace(/-/g, '');
}

/**
 * The exported Go name of a configuration field: `maxRequests` → `MaxRequests`,
 * `apiUrl` → `APIURL`.
 *
 * @param name - in lower camel case
 */
export function goFieldName(name: string): string {
  const words = name.match(/[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+/g);
  return (words ?? [])
    .map(word =>
      INITIALISMS.has(word.toLowerCase())
        ? word.toUpperCase()
        : word[0].toUpperCase() + word.slice(1),
    )
    .join('');
}
