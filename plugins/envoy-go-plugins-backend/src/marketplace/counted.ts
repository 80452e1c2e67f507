/** A number of things in words, such as `1 star` and `2 stars`. */
export function counted(
  count: number,
  one: string,
  others = `${one}s`,
): string {
  return `${count} ${count === 1 ? one : others}`;
}
