import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, credentials } from '@grpc/grpc-js';
import { Core } from '../src';
import { firstLine, stop } from '../src/testing/childProcess';
import { Load, measure, median, medianLoad } from './load';
import { usedMemory } from './usedMemory';
import { echoService } from './processes/echoService';
import { spawnNode } from './processes/spawnNode';

const IN_FLIGHT = [1, 16, 256];
const PLUGINS = 1_000;
const FLOOD_LINES_PER_SECOND = 100_000;
const TOKEN = 'bench';

const say = (line: string = '') => process.stdout.write(`${line}\n`);

/**
 * How fast calls of 1 kB are: over this framework, over plain grpc-js, and over
 * hashicorp/go-plugin. In each the measuring process calls an echo in another process
 * over localhost. Prints tables and, as the last line, JSON.
 *
 * `--seconds N` sets the length of one measurement (default 3).
 */
export async function main(args: string[] = process.argv.slice(2)) {
  const at = args.indexOf('--seconds');
  const seconds = at < 0 ? 3 : Number(args[at + 1]);
  if (!(seconds > 0)) {
    throw new Error('--seconds takes a number above 0');
  }
  // First, while nothing else has left its mark on the memory of this process.
  const many = await measureManyPlugins();
  const { ours, unary } = await compareWithUnary(seconds);
  const go = await measureGoPlugin(seconds);
  const flood = await measureLogFlood(seconds);

  const ratio = (other: Map<number, Load>, inFlight: number) => {
    const mine = ours.get(inFlight);
    const theirs = other.get(inFlight);
    return mine && theirs
      ? round(mine.callsPerSecond / theirs.callsPerSecond)
      : undefined;
  };
  say(
    JSON.stringify({
      ratioVsUnary1: ratio(unary, 1),
      ratioVsUnary16: ratio(unary, 16),
      ratioVsUnary256: ratio(unary, 256),
      p99RatioLogFlood: flood.p99Ratio,
      ratioVsGoPlugin1: ratio(go, 1),
      ratioVsGoPlugin16: ratio(go, 16),
      ratioVsGoPlugin256: ratio(go, 256),
      calls: table(ours),
      unary: table(unary),
      goPlugin: table(go),
      logFlood: flood,
      thousandPlugins: many,
    }),
  );
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

function table(loads: Map<number, Load>) {
  return [...loads].map(([inFlight, load]) => ({
    inFlight,
    callsPerSecond: Math.round(load.callsPerSecond),
    p50Ms: round(load.p50Ms),
    p99Ms: round(load.p99Ms),
    cpuMicrosPerCall:
      load.cpuMicrosPerCall === undefined
        ? undefined
        : round(load.cpuMicrosPerCall),
  }));
}

function show(title: string, loads: Map<number, Load>): void {
  say(title);
  for (const row of table(loads)) {
    say(
      `  ${String(row.inFlight).padStart(3)} in flight  ${String(
        row.callsPerSecond,
      ).padStart(8)} calls/s   p50 ${String(row.p50Ms).padStart(
        7,
      )} ms   p99 ${String(row.p99Ms).padStart(7)} ms${
        row.cpuMicrosPerCall === undefined
          ? ''
          : `   ${row.cpuMicrosPerCall} µs of CPU in the caller`
      }`,
    );
  }
}

/** Rounds of both by turns, so that what else the machine does hits both alike. */
async function compareWithUnary(seconds: number) {
  const core = new Core({ tokens: [TOKEN] });
  const { address } = await core.serve({ address: '127.0.0.1:0' });
  const plugin = spawnNode('plugin.ts', [address, TOKEN]);
  const server = spawnNode('unaryServer.ts');
  const ours = new Map<number, Load>();
  const unary = new Map<number, Load>();
  try {
    const mounted = await core.plugins.waitFor('echo');
    const client = new Client(
      `127.0.0.1:${await firstLine(server)}`,
      credentials.createInsecure(),
    );
    const payload = Buffer.alloc(1024, 7);
    const callOurs = () => mounted.call('echo', payload);
    const { path, requestSerialize, responseDeserialize } = echoService.Echo;
    const callUnary = () =>
      new Promise<unknown>((resolve, reject) => {
        client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          payload,
          (error, value) => (error ? reject(error) : resolve(value)),
        );
      });
    for (const inFlight of IN_FLIGHT) {
      const rounds: { ours: Load[]; unary: Load[] } = { ours: [], unary: [] };
      await measure(callOurs, inFlight, seconds / 3);
      await measure(callUnary, inFlight, seconds / 3);
      for (let turn = 0; turn < 3; turn++) {
        rounds.unary.push(await measure(callUnary, inFlight, seconds / 2));
        rounds.ours.push(await measure(callOurs, inFlight, seconds / 2));
      }
      ours.set(inFlight, medianLoad(rounds.ours));
      unary.set(inFlight, medianLoad(rounds.unary));
    }
    client.close();
  } finally {
    await stop(plugin);
    await stop(server);
    await core.close({ grace: 0 });
  }
  show('plugin-rpc, core calls plugin', ours);
  show('plain grpc-js, unary', unary);
  return { ours, unary };
}

async function measureGoPlugin(seconds: number): Promise<Map<number, Load>> {
  const loads = new Map<number, Load>();
  if (spawnSync('go', ['version']).status !== 0) {
    say('hashicorp/go-plugin: not measured, there is no Go here');
    return loads;
  }
  const folder = mkdtempSync(join(tmpdir(), 'plugin-rpc-bench-'));
  try {
    const run = promisify(execFile);
    const binary = join(folder, 'bench');
    await run('go', ['build', '-o', binary, '.'], {
      cwd: join(__dirname, 'go-plugin'),
    });
    const { stdout } = await run(binary, [String(seconds)]);
    const rows: unknown = JSON.parse(stdout);
    for (const row of Array.isArray(rows) ? rows : []) {
      loads.set(row.inFlight, row);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  show('hashicorp/go-plugin v1.8.0, host calls plugin', loads);
  return loads;
}

/** Calls to one plugin that floods its log and to one that does not, by turns. */
async function measureLogFlood(seconds: number) {
  const core = new Core({ tokens: [TOKEN] });
  const { address } = await core.serve({ address: '127.0.0.1:0' });
  const payload = Buffer.alloc(1024, 7);
  const rounds: { quiet: Load; flooded: Load; lines: number }[] = [];
  try {
    for (let turn = 0; turn < 3; turn++) {
      const load = async (linesPerSecond: number) => {
        const child = spawnNode('plugin.ts', [
          address,
          TOKEN,
          'echo',
          String(linesPerSecond),
        ]);
        try {
          const mounted = await core.plugins.waitFor('echo');
          const call = () => mounted.call('echo', payload);
          await measure(call, 16, seconds / 3);
          const before = core.logs.counts;
          const result = await measure(call, 16, seconds / 2);
          const { received, dropped } = core.logs.counts;
          return {
            result,
            lines: received - before.received + dropped - before.dropped,
          };
        } finally {
          const gone = new Promise(resolve => core.on('lost', resolve));
          await stop(child);
          await gone;
        }
      };
      const quiet = await load(0);
      const flooded = await load(FLOOD_LINES_PER_SECOND);
      rounds.push({
        quiet: quiet.result,
        flooded: flooded.result,
        lines: flooded.lines,
      });
    }
  } finally {
    await core.close({ grace: 0 });
  }
  const p99QuietMs = round(median(rounds.map(({ quiet }) => quiet.p99Ms)));
  const p99FloodedMs = round(
    median(rounds.map(({ flooded }) => flooded.p99Ms)),
  );
  const result = {
    p99QuietMs,
    p99FloodedMs,
    p99Ratio: round(p99FloodedMs / p99QuietMs),
    linesPerSecond: Math.round(
      median(rounds.map(({ lines }) => lines)) / (seconds / 2),
    ),
  };
  say(
    `16 in flight, ${FLOOD_LINES_PER_SECOND} log lines/s offered: p99 ${result.p99FloodedMs} ms, without ${result.p99QuietMs} ms (${result.p99Ratio} ×); ${result.linesPerSecond} lines/s read or counted as dropped`,
  );
  return result;
}

/** What it costs the core to have a thousand plugins that do nothing but beat. */
async function measureManyPlugins() {
  const core = new Core({ tokens: [TOKEN] });
  const { address } = await core.serve({ address: '127.0.0.1:0' });
  const memoryBefore = usedMemory();
  const child = spawnNode('manyPlugins.ts', [address, TOKEN, String(PLUGINS)]);
  try {
    let mountStartedAt = 0;
    const all = new Promise<void>(resolve => {
      core.on('mounted', () => {
        mountStartedAt ||= performance.now();
        if (core.counts.mounted === PLUGINS) {
          resolve();
        }
      });
    });
    await all;
    const mountMs = performance.now() - mountStartedAt;
    const memory = usedMemory() - memoryBefore;
    // Two whole rounds of beats.
    const cpuBefore = process.cpuUsage();
    const from = performance.now();
    await new Promise(resolve => setTimeout(resolve, 10_000));
    const cpu = process.cpuUsage(cpuBefore);
    const elapsedMs = performance.now() - from;
    const result = {
      plugins: core.counts.mounted,
      mountAllMs: Math.round(mountMs),
      heartbeatCpuPercent: round(
        ((cpu.user + cpu.system) / 1000 / elapsedMs) * 100,
      ),
      kilobytesPerPlugin: Math.round(memory / PLUGINS / 1024),
    };
    say(
      `${result.plugins} plugins: mounted in ${result.mountAllMs} ms; beating every 5 s takes the core ${result.heartbeatCpuPercent} % of one CPU; ${result.kilobytesPerPlugin} kB each`,
    );
    return result;
  } finally {
    await stop(child);
    await core.close({ grace: 0 });
  }
}

if (require.main === module) {
  main().catch(error => {
    process.stderr.write(`${error.stack ?? error}\n`);
    process.exit(1);
  });
}
