import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { useTemporaryDirectory, withPrograms } from '../testing/programs';
import { buildLibrary } from './buildLibrary';

const temporaryDirectory = useTemporaryDirectory();

async function build(go: string | undefined) {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, 'cmd/envoy-module'), { recursive: true });
  const bin = join(directory, 'bin');
  const env =
    go === undefined ? { PATH: bin } : await withPrograms(bin, { go });
  return buildLibrary({ directory, output: join(directory, 'x.so'), env });
}

describe('buildLibrary', () => {
  it('says that Go is missing', async () => {
    await expect(build(undefined)).rejects.toThrow(
      /^There is no go on the PATH to build the library with; install Go/,
    );
  });

  it('says that the C compiler is missing', async () => {
    await expect(
      build(
        '#!/bin/sh\necho \'cgo: C compiler "gcc" not found: exec: "gcc": executable file not found in $PATH\' >&2; exit 1\n',
      ),
    ).rejects.toThrow(
      "There is no C compiler 'gcc', which Go needs to build a shared library; install gcc or clang",
    );
  });

  it('shows what the compiler said', async () => {
    await expect(
      build('#!/bin/sh\necho "./filter.go:1:2: broken" >&2; exit 1\n'),
    ).rejects.toMatchObject({
      message: 'The library does not compile',
      output: ['./filter.go:1:2: broken'],
    });
  });

  it('says that a folder has no library to build', async () => {
    const directory = await temporaryDirectory();
    await expect(
      buildLibrary({ directory, output: join(directory, 'x.so') }),
    ).rejects.toThrow(
      `${directory} has no folder cmd/envoy-module with the library's main package`,
    );
  });
});
