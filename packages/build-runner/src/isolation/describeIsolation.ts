import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isError } from '@backstage/errors';
import { Sandbox } from './Sandbox';

/**
 * One way in which builds are kept apart from the machine.
 *
 * @public
 */
export interface IsolationMeasure {
  name:
    | 'processes'
    | 'files'
    | 'network'
    | 'user'
    | 'privileges'
    | 'disk'
    | 'processes-count'
    | 'memory'
    | 'processor';
  /** `weak` is less than one would want, `none` is nothing. */
  strength: 'full' | 'weak' | 'none';
  /** How, or what is missing: one sentence. */
  detail: string;
}

/** @public */
export interface Isolation {
  /** Whether builds can run here; without namespaces they are refused. */
  available: boolean;
  measures: IsolationMeasure[];
}

const CGROUP_CONTROLLERS = '/sys/fs/cgroup/cgroup.controllers';
const PROBE_PROCESSES = 64;
const PROBE = `
echo "uid $(id -u)"
echo "processes $(ls -d /proc/[0-9]* | wc -l)"
echo "interfaces $(tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' ' | tr '\\n' ',')"
sed -n 's/^CapBnd:[[:space:]]*/capabilities /p; s/^NoNewPrivs:[[:space:]]*/bound /p' /proc/self/status
if touch /usr/probe 2>/dev/null || [ -e /root ] || [ -e /home ]; then echo "files seen"; else echo "files hidden"; fi
echo "limit $(ulimit -u 2>/dev/null || ulimit -p)"
`;

/**
 * Tries out how builds can be isolated on this machine, for administrators to see.
 *
 * @public
 */
export async function describeIsolation(): Promise<Isolation> {
  const directory = await mkdtemp(join(tmpdir(), 'build-runner-probe-'));
  let facts: Map<string, string>;
  try {
    facts = await probe(directory);
  } catch (error) {
    const detail = isError(error) ? error.message : String(error);
    return {
      available: false,
      measures: [
        { name: 'processes', strength: 'none', detail },
        { name: 'files', strength: 'none', detail },
        { name: 'network', strength: 'none', detail },
      ],
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  const given = (
    name: IsolationMeasure['name'],
    isGiven: boolean,
    how: string,
    otherwise: string,
  ): IsolationMeasure => ({
    name,
    strength: isGiven ? 'full' : 'none',
    detail: isGiven ? how : otherwise,
  });
  const controllers = await readFile(CGROUP_CONTROLLERS, 'utf8').catch(
    () => undefined,
  );
  const cgroups =
    controllers === undefined
      ? 'this machine has no cgroup v2 to bound them with'
      : 'they are not bounded by a cgroup';
  return {
    available: true,
    measures: [
      given(
        'processes',
        Number(facts.get('processes')) < 10,
        'Each step has a process namespace of its own and is killed as a whole.',
        'Steps see the processes of the machine.',
      ),
      given(
        'files',
        facts.get('files') === 'hidden',
        'Each build has a root folder of its own; home folders, other builds and credentials are not in it.',
        'Steps see files of the machine.',
      ),
      given(
        'network',
        facts.get('interfaces') === 'lo,',
        'Each build has a network of its own with nothing but a loopback; only the download of modules has another.',
        'Steps have the network of the machine.',
      ),
      {
        name: 'user',
        strength: process.getuid?.() === 0 ? 'full' : 'weak',
        detail:
          process.getuid?.() === 0
            ? `Each build runs as a user of its own.`
            : 'Builds run as the user of the runner, in a user namespace of their own: only the namespaces keep them apart.',
      },
      given(
        'privileges',
        /^0+$/.test(facts.get('capabilities') ?? '') &&
          facts.get('bound') === '1',
        'Steps have no capability and cannot gain one; system calls are not filtered.',
        'Steps may gain privileges.',
      ),
      {
        name: 'disk',
        strength: 'full',
        detail: 'What a build writes is held in memory and bounded.',
      },
      given(
        'processes-count',
        Number(facts.get('limit')) === PROBE_PROCESSES,
        'The number of processes and threads is bounded.',
        'The number of processes is not bounded.',
      ),
      {
        name: 'memory',
        strength: 'weak',
        detail: `Memory is bounded for each process, and for all of a step by looking four times a second: ${cgroups}.`,
      },
      {
        name: 'processor',
        strength: 'weak',
        detail: `Processor time is bounded, its share is not: ${cgroups}.`,
      },
    ],
  };
}

async function probe(directory: string): Promise<Map<string, string>> {
  const sandbox = await Sandbox.create({ directory });
  try {
    const facts = new Map<string, string>();
    await sandbox.run({
      program: 'sh',
      args: ['-c', PROBE],
      limits: { processes: PROBE_PROCESSES, wallMs: 10_000 },
      onLine: line => {
        const space = line.indexOf(' ');
        facts.set(line.slice(0, space), line.slice(space + 1));
      },
    });
    return facts;
  } finally {
    await sandbox.close();
  }
}
