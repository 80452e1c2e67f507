import type { PluginNames } from './PluginNames';

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** A name in snake case, as it begins the names of counters. */
function snake(name: string): string {
  return name.replace(/-/g, '_');
}

/**
 * Renames a plugin in a text file of any kind, in one pass, so that no replacement is replaced
 * again. Only whole names count: `token-auth` is left alone in `my-token-auth` and in
 * `token-auth-check`, which are names of something else; `libtoken-auth.so` is the plugin's
 * library and follows.
 */
export function renameText(
  text: string,
  from: PluginNames,
  to: PluginNames,
): string {
  const notInPath = '(?<![A-Za-z0-9_./~-])';
  const pathEnds = '(?![A-Za-z0-9_~-])';
  const notInName = '(?<![A-Za-z0-9_-])';
  const nameEnds = '(?![A-Za-z0-9_-])';
  // The longest and most particular first: an alternative to the left wins.
  const rules: Array<[pattern: string, replacement: string]> = [
    [`${notInPath}${escape(from.modulePath)}${pathEnds}`, to.modulePath],
    [
      `(?<![A-Za-z0-9_~-])${escape(from.projectSlug)}${pathEnds}`,
      to.projectSlug,
    ],
    [`${notInName}lib${escape(from.name)}(?=\\.so\\b)`, `lib${to.name}`],
    [`${notInName}${escape(from.filterName)}${nameEnds}`, to.filterName],
    [`${notInName}${escape(from.name)}${nameEnds}`, to.name],
    [
      `(?<![A-Za-z0-9_])${escape(snake(from.filterName))}(?![A-Za-z0-9_-])`,
      snake(to.filterName),
    ],
    [
      `(?<![A-Za-z0-9_-])${escape(from.goPackage)}(?![A-Za-z0-9_-])`,
      to.goPackage,
    ],
    [`(?<![A-Za-z0-9_-])${escape(from.goPackage)}(?=_test\\b)`, to.goPackage],
  ];
  const pattern = new RegExp(
    rules.map(([source]) => `(${source})`).join('|'),
    'g',
  );
  return text.replace(pattern, (match, ...groups) => {
    const index = groups
      .slice(0, rules.length)
      .findIndex(group => group !== undefined);
    return index < 0 ? match : rules[index][1];
  });
}
