import { readdir, readFile } from 'node:fs/promises';

/** What the processes of a step use together. */
export interface TreeUsage {
  processes: number;
  memoryBytes: number;
  cpuSeconds: number;
}

interface ProcessStat {
  pid: number;
  parent: number;
  ticks: number;
  pages: number;
}

const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/**
 * What a process and all that came of it use. In a process namespace nobody escapes: a
 * process whose parent ended becomes a child of the namespace's first.
 */
export async function measureTree(root: number): Promise<TreeUsage> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const stats = (await Promise.all(pids.map(readStat))).filter(
    stat => stat !== undefined,
  );
  const children = new Map<number, ProcessStat[]>();
  for (const stat of stats) {
    children.set(stat.parent, [...(children.get(stat.parent) ?? []), stat]);
  }
  const usage = { processes: 0, memoryBytes: 0, cpuSeconds: 0 };
  const waiting = stats.filter(({ pid }) => pid === root);
  for (const stat of waiting) {
    usage.processes += 1;
    usage.memoryBytes += stat.pages * PAGE_BYTES;
    usage.cpuSeconds += stat.ticks / TICKS_PER_SECOND;
    waiting.push(...(children.get(stat.pid) ?? []));
  }
  return usage;
}

// https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
async function readStat(pid: string): Promise<ProcessStat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name before may hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 22) {
    return undefined;
  }
  const number = (index: number) => Number(fields[index - 3]);
  return {
    pid: Number(pid),
    parent: number(4),
    ticks: number(14) + number(15) + number(16) + number(17),
    pages: number(24),
  };
}
