import { ChildProcess } from 'node:child_process';
import { Core, PluginRpcError } from '../src';
import { firstLine, stop } from '../src/testing/childProcess';
import { TcpProxy } from '../src/testing/TcpProxy';
import { spawnNode } from './processes/spawnNode';
import { usedMemory } from './usedMemory';

const TOKEN = 'soak';
const PING_INTERVAL_MS = 500;
const PING_TIMEOUT_MS = 1_500;
// What the machine itself may add when all its processors are busy.
const SLACK_MS = 500;
const PLUGINS = 6;
const CALLERS = 24;
const TIMEOUTS_MS = [50, 500, 3_000];

const say = (line: string = '') => process.stdout.write(`${line}\n`);

const pause = (milliseconds: number) =>
  new Promise<void>(resolve => setTimeout(resolve, milliseconds));

interface Victim {
  proxy: TcpProxy;
  child: ChildProcess;
}

interface Tally {
  calls: number;
  late: number;
  worstMs: number;
  outcomes: Map<string, number>;
  untyped: unknown[];
  misfortunes: Map<string, number>;
}

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

function resources() {
  return {
    heapMb: usedMemory() / 1024 / 1024,
    rssMb: process.memoryUsage().rss / 1024 / 1024,
    handles: process.getActiveResourcesInfo().length,
  };
}

/**
 * Calls plugins while they are killed, frozen and cut off at random, and holds every
 * call against its promise: a result or a typed error within its timeout and one
 * heartbeat. Afterwards nothing may be left. `--minutes N` (default 10).
 */
export async function main(args: string[] = process.argv.slice(2)) {
  const at = args.indexOf('--minutes');
  const minutes = at < 0 ? 10 : Number(args[at + 1]);
  if (!(minutes > 0)) {
    throw new Error('--minutes takes a number above 0');
  }
  const core = new Core({
    tokens: [TOKEN],
    pingInterval: PING_INTERVAL_MS,
    pingTimeout: PING_TIMEOUT_MS,
    windowBytes: 64 * 1024,
  });
  const { address } = await core.serve({ address: '127.0.0.1:0' });
  const port = Number(address.split(':')[1]);
  const tally: Tally = {
    calls: 0,
    late: 0,
    worstMs: 0,
    outcomes: new Map(),
    untyped: [],
    misfortunes: new Map(),
  };
  const start = async (name: string, proxy: TcpProxy): Promise<Victim> => {
    const child = spawnNode('soakPlugin.ts', [proxy.address, TOKEN, name]);
    await firstLine(child);
    return { proxy, child };
  };
  const victims: Victim[] = [];
  for (let index = 0; index < PLUGINS; index++) {
    victims.push(await start(`victim-${index}`, await TcpProxy.start(port)));
  }
  // Warm, so that what is loaded once is not taken for a leak.
  const warmUntil = performance.now() + 5_000;
  await Promise.all(
    Array.from({ length: CALLERS }, () => caller(core, warmUntil, tally)),
  );
  await pause(1_000);
  const before = resources();
  say(
    `${PLUGINS} plugins, ${CALLERS} callers, ${minutes} min; a beat every ${PING_INTERVAL_MS} ms, lost after ${PING_TIMEOUT_MS} ms`,
  );
  const until = performance.now() + minutes * 60_000;
  await Promise.all([
    ...Array.from({ length: CALLERS }, () => caller(core, until, tally)),
    ...victims.map((_, index) => torment(victims, index, until, tally, start)),
  ]);
  // All come back, and nothing is left of what was.
  await Promise.all(
    victims.map((_, index) =>
      core.plugins.waitFor(`victim-${index}`, { timeout: 60_000 }),
    ),
  );
  await pause(PING_TIMEOUT_MS * 3);
  const after = resources();
  const pending = core.plugins
    .list()
    .reduce((sum, plugin) => sum + plugin.pendingCalls, 0);
  const { streams, mounted } = core.counts;
  for (const { proxy, child } of victims) {
    await stop(child);
    await proxy.close();
  }
  await core.close({ grace: 0 });
  const result = {
    minutes,
    calls: tally.calls,
    late: tally.late,
    worstBeyondTimeoutMs: Math.round(tally.worstMs),
    untypedErrors: tally.untyped.length,
    outcomes: Object.fromEntries(tally.outcomes),
    misfortunes: Object.fromEntries(tally.misfortunes),
    pendingAtEnd: pending,
    streamsAtEnd: streams,
    mountedAtEnd: mounted,
    heapGrowthMb: Number((after.heapMb - before.heapMb).toFixed(1)),
    rssGrowthMb: Number((after.rssMb - before.rssMb).toFixed(1)),
    handlesBefore: before.handles,
    handlesAfter: after.handles,
  };
  for (const [name, number] of tally.outcomes) {
    say(`  ${name.padEnd(24)} ${number}`);
  }
  for (const [name, number] of tally.misfortunes) {
    say(`  plugins ${name.padEnd(16)} ${number}`);
  }
  for (const error of tally.untyped.slice(0, 5)) {
    say(`  not typed: ${error}`);
  }
  say(
    `  latest call ended ${result.worstBeyondTimeoutMs} ms past its timeout; ${result.late} later than one heartbeat`,
  );
  say(
    `  heap ${result.heapGrowthMb} MB, resident ${result.rssGrowthMb} MB, handles ${result.handlesBefore} → ${result.handlesAfter}, open calls ${pending}, streams ${streams}`,
  );
  say(JSON.stringify(result));
  if (
    result.late > 0 ||
    result.untypedErrors > 0 ||
    pending > 0 ||
    streams !== PLUGINS
  ) {
    process.exitCode = 1;
  }
}

async function caller(core: Core, until: number, tally: Tally): Promise<void> {
  while (performance.now() < until) {
    const timeout = TIMEOUTS_MS[tally.calls % TIMEOUTS_MS.length];
    const victim = `victim-${Math.floor(Math.random() * PLUGINS)}`;
    const kind = Math.random();
    const startedAt = performance.now();
    tally.calls += 1;
    try {
      if (kind < 0.6) {
        await core.call(victim, 'echo', { at: startedAt }, { timeout });
      } else if (kind < 0.8) {
        await core.call(victim, 'parts', {}, { timeout, onPart: () => {} });
      } else if (kind < 0.9) {
        await core.call(victim, 'echo', Buffer.alloc(500_000), { timeout });
      } else {
        await core.call(victim, 'slow', {}, { timeout });
      }
      count(tally.outcomes, 'result');
    } catch (error) {
      count(tally.outcomes, error instanceof Error ? error.name : 'unknown');
      if (!(error instanceof PluginRpcError)) {
        tally.untyped.push(error);
      }
    }
    const beyond = performance.now() - startedAt - timeout;
    tally.worstMs = Math.max(tally.worstMs, beyond);
    if (beyond > PING_INTERVAL_MS + SLACK_MS) {
      tally.late += 1;
    }
    await pause(Math.random() * 20);
  }
}

/** Something bad happens to one plugin, again and again. */
async function torment(
  victims: Victim[],
  index: number,
  until: number,
  tally: Tally,
  start: (name: string, proxy: TcpProxy) => Promise<Victim>,
): Promise<void> {
  while (performance.now() < until) {
    await pause(500 + Math.random() * 3_000);
    const { proxy, child } = victims[index];
    const harm = Math.random();
    if (harm < 0.25) {
      count(tally.misfortunes, 'killed -9');
      await stop(child);
      victims[index] = await start(`victim-${index}`, proxy);
    } else if (harm < 0.5) {
      count(tally.misfortunes, 'frozen');
      child.kill('SIGSTOP');
      await pause(Math.random() * 3 * PING_TIMEOUT_MS);
      child.kill('SIGCONT');
    } else if (harm < 0.7) {
      count(tally.misfortunes, 'cut off');
      proxy.cut();
    } else if (harm < 0.85) {
      count(tally.misfortunes, 'unreachable');
      proxy.freeze();
      await pause(Math.random() * 3 * PING_TIMEOUT_MS);
      proxy.thaw();
    } else {
      count(tally.misfortunes, 'delayed');
      proxy.delay(Math.random() * 200);
      await pause(1_000);
      proxy.delay(0);
    }
  }
}

if (require.main === module) {
  main().catch(error => {
    process.stderr.write(`${error.stack ?? error}\n`);
    process.exit(1);
  });
}
