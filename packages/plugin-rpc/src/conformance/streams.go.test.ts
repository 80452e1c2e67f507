import { join } from 'node:path';
import { GoProgram } from '../interop/GoProgram';
import { readRecording } from './Recording';
import { recordStream } from './recordStream';
import { replayToPlugin, saidBy } from './replayStream';
import { SCENARIOS } from './scenarios';

const folder = join(__dirname, '../../conformance');

describe('recorded streams of the core', () => {
  let program: GoProgram;
  beforeAll(async () => {
    program = await GoProgram.build(
      join(__dirname, '../../go/internal/testplugin'),
    );
  }, 240_000);
  afterEach(() => program.stopAll());
  afterAll(() => program.remove());

  it.each(SCENARIOS)(
    'replayed to a plugin in Go: $name',
    async scenario => {
      const recording = readRecording(folder, scenario.name);
      const { said } = await replayToPlugin(scenario, recording, program);
      expect(said).toEqual(saidBy('plugin', recording));
    },
    15_000,
  );

  it.each(SCENARIOS)(
    'are what core and plugin say to each other today: $name',
    async scenario => {
      const recorded = readRecording(folder, scenario.name);
      const today = await recordStream(scenario, program);
      expect(today.outcomes).toEqual(recorded.outcomes);
      for (const side of ['core', 'plugin'] as const) {
        expect(saidBy(side, today)).toEqual(saidBy(side, recorded));
      }
    },
    15_000,
  );
});
