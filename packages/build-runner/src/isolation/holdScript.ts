/** What a sandbox shows of the machine. */
export interface SandboxMount {
  /** Path on the machine. */
  source: string;
  /** Absolute path in the sandbox. */
  target: string;
  writable?: boolean;
}

/** What {@link holdScript} is made from. */
export interface HoldScriptOptions {
  /** Empty folder on the machine that becomes the sandbox's root. */
  root: string;
  mounts: SandboxMount[];
  /** Symbolic links in the sandbox: path and where it leads. */
  links: [path: string, target: string][];
  /** Small files in the sandbox: path and content. */
  files: [path: string, content: string][];
  /** User and group that own the writable folders; undefined to leave them. */
  owner?: number;
  /** Bytes that may be written in all. */
  scratchBytes: number;
  /** Files that may be made in all. */
  scratchFiles: number;
  /** Whether there is a network of its own, of which only the loopback is brought up. */
  ownNetwork: boolean;
}

/** Quotes a text for a POSIX shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * The shell script that furnishes new namespaces and holds them: a root of its own in
 * memory, of the machine only what is named, one bounded writable place `/scratch`. It
 * prints `ready PID` (the process to enter by) and ends when its standard input does.
 */
export function holdScript(options: HoldScriptOptions): string {
  const { root, mounts, links, files, owner } = options;
  const inRoot = (path: string) => quote(`${root}${path}`);
  const lines = [
    'set -eu',
    // Still the /proc of the machine: the number that those outside know this process by.
    'read -r outer _ </proc/self/stat',
    'mount --make-rprivate /',
    `mount -t tmpfs -o mode=0755,nosuid,nodev,size=4m,nr_inodes=4k tmpfs ${quote(
      root,
    )}`,
    'bind() {',
    '  if [ -d "$1" ]; then mkdir -p "$2"; else mkdir -p "${2%/*}"; : >"$2"; fi',
    '  mount --rbind "$1" "$2"',
    '  mount -o "remount,bind,nosuid,$3" "$2"',
    '}',
    `mkdir ${['/proc', '/dev', '/etc', '/scratch', '/tmp', '/outer']
      .map(inRoot)
      .join(' ')}`,
    `mount -t tmpfs -o mode=0755,nosuid,nodev,size=${
      options.scratchBytes
    },nr_inodes=${options.scratchFiles} tmpfs ${inRoot('/scratch')}`,
    `mkdir ${['home', 'tmp', 'shm', 'work']
      .map(name => inRoot(`/scratch/${name}`))
      .join(' ')}`,
    // Of others, but for passing through; the files in it belong to whoever makes them.
    `mkdir -m 0711 ${inRoot('/scratch/proof')}`,
    ...(owner === undefined
      ? []
      : [
          `chown ${owner}:${owner} ${['home', 'tmp', 'shm', 'work']
            .map(name => inRoot(`/scratch/${name}`))
            .join(' ')}`,
        ]),
    ...['null', 'zero', 'full', 'random', 'urandom'].map(
      name => `bind /dev/${name} ${inRoot(`/dev/${name}`)} rw,noexec`,
    ),
    `mkdir ${inRoot('/dev/shm')}`,
    `mount --bind ${inRoot('/scratch/shm')} ${inRoot('/dev/shm')}`,
    `mount --bind ${inRoot('/scratch/tmp')} ${inRoot('/tmp')}`,
    `ln -s /proc/self/fd ${inRoot('/dev/fd')}`,
    ...links.map(([path, target]) => `ln -s ${quote(target)} ${inRoot(path)}`),
    ...mounts.map(
      ({ source, target, writable }) =>
        `bind ${quote(source)} ${inRoot(target)} ${
          writable ? 'rw' : 'ro'
        },nodev`,
    ),
    ...files.map(
      ([path, content]) =>
        `mkdir -p "$(dirname ${inRoot(path)})"; printf %s ${quote(
          content,
        )} >${inRoot(path)}`,
    ),
    `mount -t proc -o nosuid,nodev,noexec proc ${inRoot('/proc')}`,
    ...(options.ownNetwork ? ['ip link set lo up'] : []),
    `cd ${quote(root)}`,
    'pivot_root . outer',
    'cd /',
    'umount -l /outer',
    'rmdir /outer',
    'mount -o remount,bind,ro,nosuid,nodev /',
    'echo "ready $outer"',
    // Ends with whoever holds the other end.
    'read -r _ || :',
  ];
  return lines.join('\n');
}

/**
 * The shell script that is the first process of a step: it runs the command after its
 * arguments, with limits and without privileges, and takes everything of the step with it
 * when it ends, when the command ends, and when its standard input does. A line on
 * standard input is the name of a signal for the command.
 *
 * Being the first of its process namespace and not of the command's user, it can neither
 * be killed nor changed by what it runs.
 */
export const STEP_SCRIPT = `
cd "$1" || exit 126
shift
exec 3<&0 </dev/null
"$@" 3<&- &
main=$!
{
  while read -r name <&3; do kill "-$name" "$main"; done
  kill -KILL -1
} >/dev/null 2>&1 &
exec 3<&-
wait "$main"
`;
