import { modulePathOfRepository } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { PublishCheck } from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import { planModulePath } from '../modulePath';
import { lineAt, placeOf, reportOf } from './findings';

/**
 * Whether the Go module has the path that it needs where the repository will be, or the one
 * of where it is, which is rewritten once it is there: `go get` finds no module whose path
 * differs from its address (https://go.dev/ref/mod#module-path).
 */
export const modulePathCheck: PublishCheck = {
  id: 'module-path',
  title: 'Go module',
  async run({ host, source, repository, target }) {
    const needed = modulePathOfRepository({ host, ...target });
    const text = (await source.read('go.mod'))?.toString('utf8');
    const plan =
      text === undefined
        ? { kind: 'missing' as const }
        : planModulePath({ host, repository, target, goMod: text });
    const lookedAt = ['go.mod'];
    switch (plan.kind) {
      case 'missing': {
        const message =
          text === undefined
            ? 'There is no go.mod at the root of the repository.'
            : 'go.mod has no line "module".';
        const mend = `Run "go mod init ${needed}" and commit go.mod.`;
        return reportOf({
          lookedAt,
          findings: [{ severity: 'problem', message, mend }],
          passed: '',
        });
      }
      case 'wrong':
        return reportOf({
          lookedAt,
          findings: [
            {
              severity: 'problem',
              message: plan.problem,
              mend: `Run "go mod edit -module ${needed}", change the imports that begin with the path of before, and commit.`,
              ...placeOf(source, 'go.mod', lineAt(text ?? '', plan.offset)),
            },
          ],
          passed: '',
        });
      case 'rewrite':
        return reportOf({
          lookedAt,
          findings: [
            {
              severity: 'notice',
              message: `Once the repository is transferred, the portal commits that the module is "${plan.to}", in go.mod and in the imports of it. There is nothing to do.`,
              ...placeOf(source, 'go.mod'),
            },
          ],
          passed: `The module's path is "${plan.path}", where the repository is now; it is rewritten at the transfer.`,
        });
      default:
        return reportOf({
          lookedAt,
          findings: [],
          passed: `The module's path is "${plan.path}".`,
        });
    }
  },
};
