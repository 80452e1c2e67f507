import {
  modulePathOfRepository,
  validateModulePath,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { PublishCheck } from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import { lineAt, placeOf, reportOf } from './findings';

/**
 * Whether the Go module has the path that it needs where the repository will be: `go get`
 * finds no module whose path differs from its address (https://go.dev/ref/mod#module-path).
 */
export const modulePathCheck: PublishCheck = {
  id: 'module-path',
  title: 'Go module',
  async run({ host, source, target }) {
    const needed = modulePathOfRepository({ host, ...target });
    const text = (await source.read('go.mod'))?.toString('utf8');
    const line = text?.match(/^\s*module\s+(?:"([^"\s]+)"|(\S+))/m);
    const found = line?.[1] ?? line?.[2];
    if (text === undefined || found === undefined) {
      const message =
        text === undefined
          ? 'There is no go.mod at the root of the repository.'
          : 'go.mod has no line "module".';
      return {
        outcome: 'failed',
        summary: message,
        lookedAt: ['go.mod'],
        findings: [
          {
            severity: 'problem',
            message,
            mend: `Run "go mod init ${needed}" and commit go.mod.`,
          },
        ],
      };
    }
    // https://go.dev/ref/mod#major-version-suffixes
    const isRight =
      found === needed ||
      (found.startsWith(`${needed}/`) &&
        /^v([2-9]|[1-9]\d+)$/.test(found.slice(needed.length + 1)));
    const message =
      validateModulePath(found) ??
      `The module's path is "${found}", but the repository will be at ${needed}.`;
    return reportOf({
      lookedAt: ['go.mod'],
      findings: isRight
        ? []
        : [
            {
              severity: 'problem',
              message,
              mend: `Run "go mod edit -module ${needed}", change the imports that begin with the path of before, and commit.`,
              ...placeOf(source, 'go.mod', lineAt(text, line?.index ?? 0)),
            },
          ],
      passed: `The module's path is "${found}".`,
    });
  },
};
