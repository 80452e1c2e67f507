import {
  modulePathOfRepository,
  validateModulePath,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { sameText } from '../sameText';

/**
 * What is to be done about the path of a Go module for its repository to be found under it
 * (https://go.dev/ref/mod#module-path).
 */
export type ModulePathPlan =
  /** It is that of the repository's future home. */
  | { kind: 'right'; path: string }
  /** It is that of the present one, and becomes that of the future one. */
  | { kind: 'rewrite'; path: string; to: string }
  /** It is something else. */
  | { kind: 'wrong'; path: string; problem: string; offset: number }
  | { kind: 'missing' };

/**
 * Compares the path that go.mod gives the module with where the repository is, and where it
 * will be.
 *
 * @param options - `goMod`: its text
 */
export function planModulePath(options: {
  host: string;
  repository: { owner: string; repo: string };
  target: { owner: string; repo: string };
  goMod: string;
}): ModulePathPlan {
  const { host, repository, target, goMod } = options;
  const line = goMod.match(/^[^\S\n]*module[^\S\n]+(?:"([^"\s]+)"|(\S+))/m);
  const path = line?.[1] ?? line?.[2];
  if (!line || path === undefined) {
    return { kind: 'missing' };
  }
  const offset = line.index ?? 0;
  const problem = validateModulePath(path);
  if (problem !== undefined) {
    return { kind: 'wrong', path, problem, offset };
  }
  // https://go.dev/ref/mod#major-version-suffixes
  const [, base = path, suffix = ''] =
    path.match(/^(.*?)(\/v(?:[2-9]|[1-9]\d+))?$/) ?? [];
  const needed = modulePathOfRepository({ host, ...target });
  const present = modulePathOfRepository({ host, ...repository });
  if (base === needed) {
    return { kind: 'right', path };
  }
  // GitHub takes names in any case; Go does not
  return sameText(base, present) || sameText(base, needed)
    ? { kind: 'rewrite', path, to: `${needed}${suffix}` }
    : {
        kind: 'wrong',
        path,
        problem: `The module's path is "${path}", but the repository is at ${present} and will be at ${needed}.`,
        offset,
      };
}
