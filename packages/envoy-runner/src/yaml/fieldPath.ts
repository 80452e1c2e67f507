/**
 * How a field is called in messages, such as `cases[0].expect.headers["x.y"]`.
 *
 * @param pointer - JSON Pointer (RFC 6901)
 */
export function fieldPath(pointer: string): string {
  if (!pointer) {
    return 'the file';
  }
  return pointer
    .slice(1)
    .split('/')
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part, index) => {
      if (/^\d+$/.test(part)) {
        return `[${part}]`;
      }
      return /^[\w-]+$/.test(part)
        ? `${index ? '.' : ''}${part}`
        : `[${JSON.stringify(part)}]`;
    })
    .join('');
}

/** A part of a JSON Pointer. */
export function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
