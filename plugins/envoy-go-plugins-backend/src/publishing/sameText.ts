/** Whether names of GitHub are the same, which know no case. */
export function sameText(one: string, other: string): boolean {
  return one.toLocaleLowerCase('en-US') === other.toLocaleLowerCase('en-US');
}
