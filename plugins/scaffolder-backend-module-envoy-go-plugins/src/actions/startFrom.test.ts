import { createMockDirectory } from '@backstage/backend-test-utils';
import { parse } from 'yaml';
import { inputOfExample } from '../__testUtils__/inputOfExample';
import { runAction } from '../__testUtils__/runAction';
import { createStartFromAction } from './startFrom';
import { examples } from './startFrom.examples';

type Input = {
  name: string;
  title?: string;
  description?: string;
  owner?: string;
  modulePath: string;
  projectSlug: string;
  targetPath?: string;
};

const COPY = {
  'catalog-info.yaml': `apiVersion: envoygo.dev/v1alpha1
kind: EnvoyGoPlugin
metadata:
  name: token-auth
  description: Wants a token
spec: { owner: group:default/gateway, filterName: token-auth, package: . }
`,
  'go.mod': 'module github.com/envoy-plugins/token-auth\n',
  'filter.go': 'package tokenauth\n',
};

describe('envoy-go-plugins:start-from', () => {
  const workspace = createMockDirectory();
  const action = createStartFromAction();

  const run = (input: Input) =>
    runAction(action, { input, workspacePath: workspace.path });

  describe.each(examples)('$description', example => {
    it('renames the copy', async () => {
      const input = inputOfExample<Input>(example, action.id);
      workspace.setContent(
        input.targetPath ? { [input.targetPath]: COPY } : COPY,
      );
      await expect(run(input)).resolves.toEqual({ startedFrom: 'token-auth' });

      const files = workspace.content({
        path: input.targetPath ?? '.',
        shouldReadAsText: true,
      }) as Record<string, string>;
      expect(files).toMatchObject({
        'go.mod': `module ${input.modulePath}\n`,
        'filter.go': 'package apikey\n',
      });
      expect(parse(files['catalog-info.yaml'])).toMatchObject({
        metadata: {
          name: input.name,
          title: input.title ?? input.name,
          description: input.description ?? 'Wants a token',
          annotations: { 'github.com/project-slug': input.projectSlug },
        },
        spec: {
          owner: input.owner ?? 'group:default/gateway',
          filterName: input.name,
        },
      });
    });
  });

  it.each([
    [{ name: 'func' }, 'which is a keyword of Go'],
    [{ modulePath: 'api-key' }, '"api-key" is no Go module path'],
    [{ targetPath: '../..' }, 'Relative path is not allowed'],
    [{ targetPath: 'nothing' }, 'The example has no catalog-info.yaml'],
  ])('refuses %j', async (wrong, sentence) => {
    workspace.setContent(COPY);
    await expect(
      run({
        name: 'api-key',
        modulePath: 'github.com/acme/api-key',
        projectSlug: 'acme/api-key',
        ...wrong,
      }),
    ).rejects.toThrow(sentence);
    expect(workspace.content({ shouldReadAsText: true })).toEqual(COPY);
  });
});
