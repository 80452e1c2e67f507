/** Characters that mean something in a regular expression. */
const SPECIAL = /[.^$*+?()[\]{}|\\]/;

/**
 * The extended regular expression, for JavaScript and `grep -E` alike, of a pattern as rules for refs have it:
 * `*` and `?` stop at slashes, `**` followed by a slash does not, `[…]` is one of some characters
 * (https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/creating-rulesets-for-a-repository#using-fnmatch-syntax).
 */
export function refPattern(pattern: string): string {
  let expression = '';
  for (let at = 0; at < pattern.length; at++) {
    const rest = pattern.slice(at);
    const set = /^\[([!^]?)([^\]/]+)\]/.exec(rest);
    if (rest.startsWith('**/')) {
      expression += '(.*/)?';
      at += 2;
    } else if (rest.startsWith('*')) {
      expression += '[^/]*';
    } else if (rest.startsWith('?')) {
      expression += '[^/]';
    } else if (set) {
      expression += `[${set[1] && '^'}${set[2]}]`;
      at += set[0].length - 1;
    } else {
      expression += SPECIAL.test(rest[0]) ? `\\${rest[0]}` : rest[0];
    }
  }
  return `^${expression}$`;
}
