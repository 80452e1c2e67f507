import { createMockDirectory } from '@backstage/backend-test-utils';
import type { ConfigField } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { parse } from 'yaml';
import { inputOfExample } from '../__testUtils__/inputOfExample';
import { runAction } from '../__testUtils__/runAction';
import { createRenderConfigAction } from './renderConfig';
import { examples } from './renderConfig.examples';

type Input = { goPackage: string; fields: ConfigField[]; targetPath?: string };

describe('envoy-go-plugins:render-config', () => {
  const workspace = createMockDirectory();
  const action = createRenderConfigAction();

  beforeEach(() => {
    workspace.clear();
  });

  const run = (input: Input) =>
    runAction(action, { input, workspacePath: workspace.path });

  describe.each(examples)('$description', example => {
    it('writes Go code and says what a configuration looks like', async () => {
      const input = inputOfExample<Input>(example, action.id);
      const output = await run(input);

      const target = input.targetPath ?? '.';
      const files = workspace.content({
        path: target,
        shouldReadAsText: true,
      });
      expect(files).toEqual({
        'config.go': expect.stringMatching(
          new RegExp(`^package ${input.goPackage}\n`),
        ),
        'config_test.go': expect.stringMatching(
          new RegExp(`^package ${input.goPackage}\n`),
        ),
      });
      expect(Object.keys(output.schema?.properties)).toEqual(
        input.fields.map(({ name }) => name),
      );
      expect(Object.keys(output.example ?? {})).toEqual(
        input.fields.map(({ name }) => name),
      );
    });
  });

  it('puts the schema into the entity and an example into the proof', async () => {
    workspace.setContent({
      'catalog-info.yaml': '# kept\nspec:\n  package: . # kept too\n',
      'envoy-proof.yaml': 'config: {}\ncases: []\n',
    });
    const { schema } = await run({
      goPackage: 'x',
      fields: [
        { name: 'secret', type: 'string', required: true },
        { name: 'paths', type: 'string[]', default: ['/a'] },
      ],
    });
    const files = workspace.content({ shouldReadAsText: true });
    expect(files).toMatchObject({
      'catalog-info.yaml': expect.stringContaining('# kept\n'),
    });
    const { 'catalog-info.yaml': entity, 'envoy-proof.yaml': proof } =
      files as Record<string, string>;
    expect(entity).toContain('# kept too');
    // Aliases of YAML are for machines.
    expect(entity).not.toContain('&');
    expect(parse(entity).spec.config).toEqual({
      schema,
      examples: [
        { title: 'What is required', value: { secret: 'example' } },
        { title: 'Every field', value: { secret: 'example', paths: ['/a'] } },
      ],
    });
    expect(parse(proof)).toEqual({
      config: { secret: 'example', paths: ['/a'] },
      cases: [],
    });
  });

  it('refuses fields that cannot be', async () => {
    await expect(
      run({ goPackage: 'x', fields: [{ name: 'A', type: 'string' }] }),
    ).rejects.toThrow(
      '0.name: The name "A" must begin with a lower-case letter from a to z, as in "maxRequests".',
    );
    expect(workspace.content({ shouldReadAsText: true })).toEqual({});
  });

  it('refuses a package that Go would not take', async () => {
    await expect(
      run({ goPackage: 'x;\nimport "os"', fields: [] }),
    ).rejects.toThrow('is no name of a Go package');
  });

  it('does not leave the workspace', async () => {
    await expect(
      run({ goPackage: 'x', fields: [], targetPath: '../elsewhere' }),
    ).rejects.toThrow('Relative path is not allowed');
  });

  it('says which file is not valid YAML', async () => {
    workspace.setContent({ 'catalog-info.yaml': 'a: [' });
    await expect(run({ goPackage: 'x', fields: [] })).rejects.toThrow(
      'catalog-info.yaml is not valid YAML',
    );
  });
});
