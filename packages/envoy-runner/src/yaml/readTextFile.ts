import { constants, open } from 'node:fs/promises';
import { InputError } from '@backstage/errors';

/** Bytes that a description or a proof may have. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads a file that somebody else wrote; `undefined` when it cannot be opened.
 *
 * @throws {@link @backstage/errors#InputError} when it is no regular file, too large, or no
 * UTF-8
 */
export async function readTextFile(path: string): Promise<string | undefined> {
  const file = await open(
    path,
    // A pipe that nobody writes to must not hold us up
    constants.O_RDONLY | constants.O_NONBLOCK,
  ).catch(() => undefined);
  if (!file) {
    return undefined;
  }
  try {
    if (!(await file.stat()).isFile()) {
      throw new InputError(`${path} is no file`);
    }
    // Its size may change, or be a lie
    const content = Buffer.alloc(MAX_BYTES + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(content, length);
      length += bytesRead;
      if (bytesRead === 0 || length > MAX_BYTES) {
        break;
      }
    }
    if (length > MAX_BYTES) {
      throw new InputError(
        `${path} is larger than ${MAX_BYTES} bytes; make it smaller`,
      );
    }
    return decode(content.subarray(0, length), path);
  } finally {
    await file.close();
  }
}

function decode(content: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw new InputError(`${path} is no text in UTF-8`);
  }
}
