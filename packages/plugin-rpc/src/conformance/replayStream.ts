import { GoProcess, GoProgram } from '../interop/GoProgram';
import { RawPlugin } from '../testing/RawPlugin';
import { gate, until } from '../testing/world';
import { encodeEnvelope, Frame } from '../wire';
import {
  bytesOf,
  frameOf,
  readable,
  Recording,
  splitEnvelope,
  Step,
} from './Recording';
import { listen } from './recordStream';
import { coreOf, play, Scenario } from './scenarios';

type Readable = Record<string, unknown>;

/** What one side said in a recording. */
export function saidBy(from: Step['from'], { steps }: Recording): Readable[] {
  return steps.filter(step => step.from === from).map(step => step.frame);
}

/**
 * Says to a real core what the plugin said in the recording, each frame once the core has
 * said all that it had said before it then.
 *
 * @returns what the core said now, and what came of its calls
 */
export async function replayToCore(
  scenario: Scenario,
  recording: Recording,
): Promise<{ said: Readable[]; outcomes: string[] }> {
  const core = coreOf(scenario);
  const { address } = await core.serve({ address: '127.0.0.1:0' });
  const raw = new RawPlugin(address);
  try {
    const outcomes =
      scenario.ends === 'refused' ? Promise.resolve([]) : play(scenario, core);
    let heard = 0;
    for (const step of recording.steps) {
      if (step.from === 'core') {
        heard += 1;
        const count = heard;
        await until(
          () => raw.received.length >= count || raw.ended,
          `frame ${count} of the core, ${JSON.stringify(step.frame)}`,
        );
      } else {
        raw.sendBytes(withSession(bytesOf(step), raw.received[0]));
      }
    }
    await raw.end();
    return { said: raw.received.map(readable), outcomes: await outcomes };
  } finally {
    raw.close();
    await core.close({ grace: 0 });
  }
}

/** An UnmountRequest must name the session of this mount. */
function withSession(envelope: Buffer, first: Frame | undefined): Buffer {
  const frame = frameOf(envelope);
  return frame.type === 'unmountRequest' && first?.type === 'mountResult'
    ? encodeEnvelope([{ ...frame, token: first.session }])
    : envelope;
}

/**
 * Says to the real plugin what the core said in the recording, each frame once the plugin
 * has said all that it had said before it then.
 *
 * @returns what the plugin said now
 */
export async function replayToPlugin(
  scenario: Scenario,
  recording: Recording,
  program: GoProgram,
): Promise<{ said: Readable[]; printed: string }> {
  const said: Readable[] = [];
  const started = gate<GoProcess>();
  let at = 0;
  const fakeCore = await listen(stream => {
    const goOn = () => {
      let heard = recording.steps
        .slice(0, at)
        .filter(step => step.from === 'plugin').length;
      for (; at < recording.steps.length; at++) {
        const step = recording.steps[at];
        if (step.from === 'core') {
          stream.write(bytesOf(step));
        } else if (said.length > heard) {
          heard += 1;
        } else {
          if (step.frame.type === 'unmountRequest') {
            void started.opened.then(plugin => plugin.signal('SIGTERM'));
          }
          return;
        }
      }
      stream.end();
    };
    stream.on('data', (envelope: Buffer) => {
      for (const frame of splitEnvelope(envelope)) {
        said.push(readable(frameOf(frame)));
      }
      goOn();
    });
  });
  const plugin = program.start([fakeCore.address, scenario.token ?? 'secret']);
  started.open(plugin);
  try {
    return { said, printed: await plugin.ended };
  } finally {
    await plugin.kill();
    fakeCore.server.forceShutdown();
  }
}
