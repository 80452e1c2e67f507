import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { runProgram } from '../process';

/**
 * Makes a function that gives each test a folder to write into; it is gone after the test.
 */
export function useTemporaryDirectory(): () => Promise<string> {
  const paths: string[] = [];
  afterEach(async () => {
    await Promise.all(
      paths.splice(0).map(path => rm(path, { recursive: true, force: true })),
    );
  });
  return async () => {
    const path = await mkdtemp(join(tmpdir(), 'envoy-runner-test-'));
    paths.push(path);
    return path;
  };
}

/** A program that says it is an Envoy of a version, and nothing else. */
export function fakeEnvoyProgram(version: string): string {
  return `#!/bin/sh\necho "envoy  version: 0a1b2c3d/${version}/Clean/RELEASE/BoringSSL"\n`;
}

/** Writes an executable script. */
export async function writeProgram(path: string, text: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
  await chmod(path, 0o755);
}

/**
 * The environment in which certain programs are found before all others.
 *
 * @param programs - scripts by name
 */
export async function withPrograms(
  directory: string,
  programs: Record<string, string>,
): Promise<NodeJS.ProcessEnv> {
  await Promise.all(
    Object.entries(programs).map(([name, text]) =>
      writeProgram(join(directory, name), text),
    ),
  );
  return {
    ...process.env,
    PATH: `${directory}${delimiter}${process.env.PATH}`,
  };
}

/** The line of a wheel's RECORD about a file. */
export function recordLine(file: string, content: string): string {
  const sum = createHash('sha256').update(content).digest('base64url');
  return `${file},sha256=${sum},${Buffer.byteLength(content)}\n`;
}

/**
 * Writes a zip file with these members (name and content), in this order; names may come
 * twice.
 */
export async function writeZip(
  path: string,
  members: [name: string, content: string][],
): Promise<void> {
  const result = await runProgram('python3', [
    '-W',
    'ignore',
    '-c',
    `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as archive:
    for name, content in json.loads(sys.argv[2]):
        archive.writestr(name, content)
`,
    path,
    JSON.stringify(members),
  ]);
  if (result.code !== 0) {
    throw new Error(result.stderr);
  }
}
