import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { isError } from '@backstage/errors';
import { runProgram } from '../process/runProgram';
import { EnvoyUnavailableError } from './EnvoyUnavailableError';

// e_machine of the ELF header (https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html)
const ELF_MACHINES: Readonly<Record<number, string>> = {
  0x03: 'ia32',
  0x3e: 'x64',
  0xb7: 'arm64',
  0xf3: 'riscv64',
};

/** Hex sha256 of a file. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/**
 * Runs an Envoy to learn its version.
 *
 * @returns the version, for example `1.38.3`
 * @throws EnvoyUnavailableError when there is no such file, it may not be run, is built
 * for another machine, or is no Envoy
 */
export async function readEnvoyVersion(path: string): Promise<string> {
  const file = await stat(path).catch(() => undefined);
  if (!file?.isFile()) {
    throw new EnvoyUnavailableError(
      `There is no Envoy at ${path}; give the path of an Envoy, or a version such as 1.40.0`,
    );
  }
  await access(path, constants.X_OK).catch(() => {
    throw new EnvoyUnavailableError(
      `${path} is not executable; run chmod +x on it`,
    );
  });
  const machine = await readElfMachine(path);
  if (machine !== undefined && machine !== process.arch) {
    throw new EnvoyUnavailableError(
      `${path} is built for ${machine}, this machine is ${process.arch}; get an Envoy for ${process.arch}`,
    );
  }
  let output: string;
  try {
    const { stdout, stderr } = await runProgram(path, ['--version'], {
      timeoutMs: 20_000,
    });
    output = `${stdout}\n${stderr}`;
  } catch (error) {
    throw new EnvoyUnavailableError(
      `${path} cannot be run on this machine (${
        isError(error) ? error.message : error
      })`,
    );
  }
  // envoy  version: 9e558093.../1.40.0/Clean/RELEASE/BoringSSL
  const version = /version:\s+[0-9a-f]+\/(\d+\.\d+\.\d+[^/\s]*)\//.exec(
    output,
  )?.[1];
  if (!version) {
    throw new EnvoyUnavailableError(
      `${path} is not an Envoy: it says no version when run with --version`,
    );
  }
  return version;
}

async function readElfMachine(path: string): Promise<string | undefined> {
  const file = await open(path);
  try {
    const header = Buffer.alloc(20);
    const { bytesRead } = await file.read(header, 0, header.length, 0);
    if (bytesRead < 20 || header.toString('latin1', 0, 4) !== '\x7fELF') {
      return undefined;
    }
    const machine =
      header[5] === 2 ? header.readUInt16BE(18) : header.readUInt16LE(18);
    return ELF_MACHINES[machine] ?? `machine 0x${machine.toString(16)}`;
  } finally {
    await file.close();
  }
}
