import { join } from 'node:path';
import { bytesOf, frameOf, readable, readRecording } from './Recording';
import { replayToCore, saidBy } from './replayStream';
import { SCENARIOS } from './scenarios';

const folder = join(__dirname, '../../conformance');

describe('recorded streams of a plugin in Go', () => {
  it.each(SCENARIOS)(
    'replayed to the core: $name',
    async scenario => {
      const recording = readRecording(folder, scenario.name);
      const { said, outcomes } = await replayToCore(scenario, recording);
      expect(said).toEqual(saidBy('core', recording));
      expect(outcomes).toEqual(recording.outcomes);
    },
    15_000,
  );

  it.each(SCENARIOS)('say the same in bytes and in words: $name', scenario => {
    for (const step of readRecording(folder, scenario.name).steps) {
      expect(readable(frameOf(bytesOf(step)))).toEqual(step.frame);
    }
  });
});
