import { randomBytes } from 'node:crypto';
import {
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';

/** Who uses a folder. Numbers of processes mean something only in one place. */
interface Owner {
  /** Boot and process namespace. */
  place: string;
  pid: number;
  /** When the process began, in ticks: the number may be another's by now. */
  startedAt: string;
}

const REMOVE = {
  recursive: true,
  force: true,
  maxRetries: 10,
  retryDelay: 100,
};
const PREFIX = 'runner-';
const OWNER = 'owner.json';
const BEAT_MS = 30_000;
/** Silence after which an owner in another place counts as gone. */
const STALE_MS = 20 * BEAT_MS;

/**
 * A folder that one runner process builds in. Those of runners that were killed are
 * removed by the next one that begins.
 */
export class WorkFolder {
  readonly path: string;
  readonly #beat: NodeJS.Timeout;

  /** @param directory - folder that runners share; made when it is missing */
  static async open(directory: string): Promise<WorkFolder> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const owner = await currentOwner();
    await sweep(directory, owner);
    const path = join(directory, `${PREFIX}${randomBytes(8).toString('hex')}`);
    await mkdir(path, { mode: 0o700 });
    await writeFile(join(path, OWNER), JSON.stringify(owner));
    return new WorkFolder(path);
  }

  private constructor(path: string) {
    this.path = path;
    this.#beat = setInterval(() => {
      const now = new Date();
      // Whoever removed it wants us gone
      utimes(join(path, OWNER), now, now).catch(() => {});
    }, BEAT_MS);
    this.#beat.unref();
  }

  /** Removes it with all that is in it. */
  async close(): Promise<void> {
    clearInterval(this.#beat);
    await rm(this.path, REMOVE);
  }
}

async function sweep(directory: string, us: Owner): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (name.startsWith(PREFIX) && (await isAbandoned(path, us))) {
      // What that one had started may be on its way out; the next sweep takes what is left
      await rm(path, REMOVE).catch(() => undefined);
    }
  }
}

async function isAbandoned(path: string, us: Owner): Promise<boolean> {
  const file = join(path, OWNER);
  const status =
    (await stat(file).catch(() => undefined)) ??
    (await stat(path).catch(() => undefined));
  if (!status) {
    return false;
  }
  const owner = await readOwner(file);
  if (owner?.place !== us.place) {
    return Date.now() - status.mtimeMs > STALE_MS;
  }
  return (await processStart(owner.pid)) !== owner.startedAt;
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

async function currentOwner(): Promise<Owner> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(
    () => '',
  );
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return {
    place: `${boot.trim()} ${namespace}`,
    pid: process.pid,
    startedAt: (await processStart(process.pid)) ?? '',
  };
}

// https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
async function processStart(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name before may hold spaces and parentheses
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // One that was killed stays until its parent has looked
  return fields[0] === 'Z' ? undefined : fields[19];
}
