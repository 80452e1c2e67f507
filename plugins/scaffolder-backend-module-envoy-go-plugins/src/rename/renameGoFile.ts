import type { PluginNames } from './PluginNames';
import { renameText } from './renameText';

function importPath(line: string): string | undefined {
  return line.match(/^\t(?:[A-Za-z_.][A-Za-z0-9_]*\s+)?"([^"]+)"/)?.[1];
}

/**
 * Sorts the imports as gofmt does: by path, within lines that follow each other.
 *
 * @see https://pkg.go.dev/cmd/gofmt
 */
function sortImports(source: string): string {
  return source.replace(/^import \(\n([\s\S]*?)^\)/gm, (_, block: string) => {
    const sorted: string[] = [];
    let run: string[] = [];
    const flush = () => {
      run.sort((a, b) => {
        const [pathA, pathB] = [importPath(a) ?? '', importPath(b) ?? ''];
        if (pathA === pathB) {
          return 0;
        }
        return pathA < pathB ? -1 : 1;
      });
      sorted.push(...run);
      run = [];
    };
    for (const line of block.split('\n')) {
      if (importPath(line) === undefined) {
        flush();
        sorted.push(line);
      } else {
        run.push(line);
      }
    }
    flush();
    return `import (\n${sorted.join('\n')})`;
  });
}

/**
 * Renames a plugin in a Go file, which stays formatted as gofmt formats it. Imports of the
 * module's own packages follow the module's path.
 */
export function renameGoFile(
  source: string,
  from: PluginNames,
  to: PluginNames,
): string {
  return sortImports(renameText(source, from, to));
}
