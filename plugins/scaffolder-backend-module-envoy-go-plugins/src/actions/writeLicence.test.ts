import { createMockDirectory } from '@backstage/backend-test-utils';
import { inputOfExample } from '../__testUtils__/inputOfExample';
import { runAction } from '../__testUtils__/runAction';
import { createWriteLicenceAction } from './writeLicence';
import { examples } from './writeLicence.examples';

type Input = { licence: string; holder?: string; targetPath?: string };

describe('envoy-go-plugins:write-licence', () => {
  const workspace = createMockDirectory();
  const action = createWriteLicenceAction({
    now: () => new Date('2026-03-01T00:00:00Z'),
  });
  const run = (input: Input) =>
    runAction(action, { input, workspacePath: workspace.path });
  const written = () => workspace.content({ shouldReadAsText: true });

  beforeEach(() => workspace.clear());

  describe.each(examples)('$description', example => {
    it('writes the text', async () => {
      const input = inputOfExample<Input>(example, action.id);
      await expect(run(input)).resolves.toEqual({ written: true });
      expect(
        workspace.content({
          path: input.targetPath ?? '.',
          shouldReadAsText: true,
        }),
      ).toEqual({
        LICENSE: expect.stringContaining(
          input.holder ? `Copyright (c) 2026 ${input.holder}\n` : 'Version 2.0',
        ),
      });
    });
  });

  it.each([
    ['Apache-2.0', /^Apache License\nVersion 2\.0, January 2004\n/],
    [
      'MIT',
      /^MIT License\n\nCopyright \(c\) 2026 Jo\n\nPermission is hereby granted/,
    ],
    ['BSD-2-Clause', /^Copyright \(c\) 2026 Jo\n\nRedistribution and use/],
    ['BSD-3-Clause', /^Copyright \(c\) 2026 Jo\n\nRedistribution and use/],
    ['ISC', /^ISC License:\n\nCopyright \(c\) 2026 Jo\n\nPermission to use/],
    ['MPL-2.0', /^Mozilla Public License Version 2\.0\n/],
  ])('writes %s with nothing left to fill in', async (id, begins) => {
    await run({ licence: id, holder: ' Jo ' });
    expect(written()).toEqual({ LICENSE: expect.stringMatching(begins) });
    expect(JSON.stringify(written())).not.toMatch(/<(year|owner|copyright)/);
  });

  it.each(['LICENSE', 'LICENCE.md', 'license.txt', 'COPYING'])(
    'leaves %s alone',
    async name => {
      workspace.setContent({ [name]: 'Mine' });
      await expect(run({ licence: 'MIT' })).resolves.toEqual({
        written: false,
      });
      expect(written()).toEqual({
        [name]: 'Mine',
      });
    },
  );

  it.each([
    [{ licence: 'Mine-1.0' }, '"Mine-1.0" is no licence that SPDX knows'],
    [{ licence: 'toString' }, '"toString" is no licence'],
    [{ licence: 'MIT', holder: 'Jo\nDoe' }, 'in one line'],
    [{ licence: 'MIT', targetPath: '../..' }, 'Relative path is not allowed'],
  ])('refuses %j', async (input, sentence) => {
    await expect(run(input)).rejects.toThrow(sentence);
    expect(written()).toEqual({});
  });
});
