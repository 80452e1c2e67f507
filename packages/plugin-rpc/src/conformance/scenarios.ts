import { Core, CoreOptions } from '../core';
import { CallOptions } from '../conversation';
import { float64, Payload, Timestamp } from '../codec';
import { toCompactHex } from './Recording';

/** What goes on between a core and the test plugin, one thing after the other. */
export interface Scenario {
  name: string;
  about: string;
  core?: CoreOptions;
  /** Default: `secret`, the right one. */
  token?: string;
  /** Makes calls; gives what came of them. */
  drive?(core: Core): Promise<string[]>;
  /** How it ends, when not by the plugin's own unmounting. */
  ends?: 'refused' | 'removed';
}

function show(value: unknown): string {
  if (value instanceof Uint8Array) {
    return `bytes ${toCompactHex(value)}`;
  }
  return JSON.stringify(
    value,
    function inOneLine(this: Record<string, unknown>, key, item) {
      // A Buffer has become something else in `item`.
      const own = this[key];
      if (own instanceof Uint8Array) {
        return `bytes ${toCompactHex(own)}`;
      }
      return typeof item === 'bigint' ? `${item}n` : item;
    },
  );
}

async function outcome(
  core: Core,
  name: string,
  args: unknown,
  options: CallOptions = {},
): Promise<string> {
  try {
    const result = await core.call('go', name, args, options);
    return `${name}: ${show(result.value())}`;
  } catch (error) {
    return `${name}: ${error}`;
  }
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'calls',
    about: 'Calls in both codecs, and each way a call can fail at the plugin',
    async drive(core) {
      const all = {
        bool: true,
        int32: -5,
        int64: 2n ** 62n,
        float64: float64(3),
        string: 'grüße',
        bytes: new Uint8Array([0, 255]),
        time: new Timestamp(-1, 5),
        list: [1, 'two', null],
        map: { inner: 1.5 },
      };
      return [
        await outcome(core, 'echo', { hello: 'world' }),
        await outcome(core, 'echo', new Uint8Array([1, 2, 3])),
        await outcome(core, 'types', all),
        await outcome(core, 'fail', {}),
        await outcome(core, 'panic', {}),
        await outcome(core, 'wrongType', { user: { age: 'ten' } }),
        await outcome(core, 'unknown', {}),
        await outcome(core, 'nonsense', {}),
      ];
    },
  },
  {
    name: 'chunks',
    about: 'A payload of 600,000 bytes there and back, in chunks with credit',
    async drive(core) {
      return [await outcome(core, 'echo', new Uint8Array(600_000).fill(0x61))];
    },
  },
  {
    name: 'parts',
    about: 'A streaming result, longer than the window of 32 KiB',
    core: { windowBytes: 32 * 1024 },
    async drive(core) {
      const sizes: number[] = [];
      const onPart = (part: Payload) => {
        sizes.push(part.size);
      };
      const result = await outcome(
        core,
        'parts',
        { count: 6, size: 20_000 },
        { onPart },
      );
      return [result, show(sizes)];
    },
  },
  {
    name: 'cancel',
    about: 'A call that its caller gives up, and one that takes too long',
    async drive(core) {
      const abort = new AbortController();
      const cancelled = outcome(core, 'wait', {}, { signal: abort.signal });
      const other = await outcome(core, 'echo', {});
      abort.abort();
      return [
        other,
        await cancelled,
        await outcome(core, 'wait', {}, { timeout: 30 }),
        await outcome(core, 'echo', {}),
      ];
    },
  },
  {
    name: 'two-way',
    about: 'The plugin calls functions of the core while it answers',
    core: {
      functions: {
        count: async ctx => {
          for (let number = 0; number < ctx.map().getInt32('to'); number++) {
            await ctx.part({ number });
          }
          return new Uint8Array(100_000).fill(0x72);
        },
        break: () => {
          throw new Error('broken');
        },
      },
    },
    async drive(core) {
      const ask = (args: object) =>
        outcome(core, 'askCore', args, { timeout: 0 });
      return [
        await ask({ function: 'count', args: { to: 3 } }),
        await ask({ function: 'break' }),
        await ask({ function: 'fly' }),
      ];
    },
  },
  {
    name: 'refused',
    about: 'A mount with a wrong token',
    token: 'wrong',
    ends: 'refused',
  },
  {
    name: 'removed',
    about: 'A plugin that the core sends away for good',
    ends: 'removed',
  },
];

/** The core of a scenario. */
export function coreOf({ core }: Scenario): Core {
  // No beats: when they come depends on the clock.
  return new Core({ tokens: ['secret'], pingInterval: 600_000, ...core });
}

/** What the core's side does in a scenario, once the plugin is mounted. */
export async function play(scenario: Scenario, core: Core): Promise<string[]> {
  await core.plugins.waitFor('go');
  const outcomes = (await scenario.drive?.(core)) ?? [];
  if (scenario.ends === 'removed') {
    await core.plugins.get('go')?.remove('not wanted any more');
  }
  return outcomes;
}
