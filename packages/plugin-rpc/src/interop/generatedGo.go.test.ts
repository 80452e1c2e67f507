import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { float64, Timestamp } from '../codec';
import { createPlugin, readDefinition, signatureOf } from '../codegen';
import { World } from '../testing/world';
import { GoProgram } from './GoProgram';

const handlers = `package main

import "envoygo.dev/pluginrpc"

type handlers struct{}

func (handlers) Everything(_ *pluginrpc.Context, args EverythingArgs) (EverythingResult, error) {
	moods := []EverythingResultMoods{}
	for _, mood := range args.Moods {
		moods = append(moods, EverythingResultMoods(mood))
	}
	return EverythingResult{
		Flag: args.Flag, Small: args.Small, Big: args.Big, Share: args.Share,
		Title: args.Title, Data: args.Data, When: args.When, Names: args.Names,
		Grid: args.Grid, Counts: args.Counts, Weights: args.Weights,
		Mood: EverythingResultMood(args.Mood), Moods: moods,
		Note: args.Note, Ratio: args.Ratio, Tags: args.Tags,
	}, nil
}

func (handlers) Count(_ *pluginrpc.Context, args CountArgs, part func(CountPart) error) (CountResult, error) {
	for number := range int64(args.To) {
		if err := part(CountPart{Number: number}); err != nil {
			return CountResult{}, err
		}
	}
	return CountResult{}, nil
}

func (handlers) Raw(_ *pluginrpc.Context, args []byte) ([]byte, error) { return args, nil }

func (handlers) Ping(*pluginrpc.Context, PingArgs) (PingResult, error) { return PingResult{}, nil }
`;

describe('a plugin in Go made by the code generator', () => {
  const world = new World();
  const fixture = join(__dirname, '../codegen/fixtures/survey-2.0.0.yaml');
  let folder: string;
  let go: string;
  const create = () =>
    createPlugin({
      file: fixture,
      languages: ['go'],
      out: folder,
      goLibrary: join(__dirname, '../../go'),
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plugin-rpc-'));
    go = join(folder, 'survey-2.0.0/go');
    await create();
  });
  afterEach(() => world.close());
  afterAll(() => rm(folder, { recursive: true }));

  it('compiles, formatted as gofmt does, before anything is written by hand', async () => {
    const program = await GoProgram.build(go);
    await program.remove();
    const { stdout } = await promisify(execFile)('gofmt', ['-l', go]);
    expect(stdout).toBe('');
    await promisify(execFile)('go', ['vet', '.'], { cwd: go });
  }, 240_000);

  it('mounts on a core that expects the same definition, and keeps every type', async () => {
    await writeFile(join(go, 'handlers.go'), handlers);
    await create();
    const definition = readDefinition(fixture, await readFile(fixture, 'utf8'));
    const { core, address } = await world.core({
      interfaces: [
        {
          name: 'survey',
          functions: definition.functions.map(item => ({
            name: item.name,
            signature: signatureOf(item),
          })),
        },
      ],
    });
    const program = await GoProgram.build(go);
    world.onClose(() => program.remove());
    program.start([], {
      PLUGIN_RPC_ADDRESS: address,
      PLUGIN_RPC_TOKEN: 'secret',
    });
    await core.plugins.waitFor('survey');
    const args = {
      flag: true,
      small: -3,
      big: 2n ** 62n,
      share: float64(1),
      title: 'Lunch',
      data: new Uint8Array([1, 2]),
      when: new Timestamp(5, 7),
      names: ['a', 'b'],
      grid: [[float64(1), 2.5], []],
      counts: { one: 1n },
      weights: { w: [float64(1)] },
      mood: 'so-so',
      moods: ['yes', 'no'],
      ratio: float64(3),
    };
    const echoed = await core.call('survey', 'everything', args);
    expect(echoed.map().raw).toEqual({
      ...args,
      small: -3n,
      share: 1,
      data: expect.anything(),
      grid: [[1, 2.5], []],
      weights: { w: [1] },
      ratio: 3,
    });
    expect([...echoed.map().getBytes('data')]).toEqual([1, 2]);

    await expect(
      core.call('survey', 'everything', { ...args, mood: 'fine' }),
    ).rejects.toMatchObject({
      name: 'WrongTypeError',
      message: expect.stringContaining(
        'mood is a string ("fine"), not one of "good", "so-so", "bad"',
      ),
    });
    await expect(
      core.call('survey', 'everything', { ...args, grid: [['x']] }),
    ).rejects.toMatchObject({
      message: expect.stringContaining(
        'grid[0][0] is a string ("x"), not a float64',
      ),
    });

    const numbers: bigint[] = [];
    await core.call(
      'survey',
      'count',
      { to: 3 },
      {
        onPart: part => {
          numbers.push(part.map().getInt64('number'));
        },
      },
    );
    expect(numbers).toEqual([0n, 1n, 2n]);
    const raw = await core.call('survey', 'raw', Buffer.from([9]));
    expect([...raw.bytes()]).toEqual([9]);
    await core.call('survey', 'ping', {});
  }, 240_000);
});
