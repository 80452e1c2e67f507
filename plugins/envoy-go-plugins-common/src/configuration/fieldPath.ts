/**
 * A place in a document, from its root: names of fields and indexes of lists.
 *
 * @public
 */
export type FieldPath = readonly (string | number)[];

/**
 * Writes a place as people do: `spec.order.before[1]`, `headers["x-a.b"]`. The root of
 * the document is the empty string.
 *
 * @public
 */
export function formatFieldPath(path: FieldPath): string {
  return path.reduce<string>((text, segment) => {
    if (typeof segment === 'number') {
      return `${text}[${segment}]`;
    }
    if (!/^[A-Za-z_$][\w$-]*$/.test(segment)) {
      return `${text}[${JSON.stringify(segment)}]`;
    }
    return text === '' ? segment : `${text}.${segment}`;
  }, '');
}

/**
 * Reads a JSON Pointer (RFC 6901) to a place in `document`; segments that index a list
 * become numbers.
 */
export function fieldPathOfPointer(
  pointer: string,
  document: unknown,
): (string | number)[] {
  let value = document;
  return pointer
    .split('/')
    .slice(1)
    .map(raw => {
      const key = raw.replace(/~1/g, '/').replace(/~0/g, '~');
      const segment = Array.isArray(value) ? Number(key) : key;
      value =
        typeof value === 'object' && value !== null
          ? Reflect.get(value, key)
          : undefined;
      return segment;
    });
}

/** The JSON Pointer of a place, the other way round. */
export function pointerOfFieldPath(path: FieldPath): string {
  return path
    .map(
      segment => `/${String(segment).replace(/~/g, '~0').replace(/\//g, '~1')}`,
    )
    .join('');
}
