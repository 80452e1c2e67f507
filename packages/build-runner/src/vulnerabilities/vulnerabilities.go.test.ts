import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Sandbox } from '../isolation';
import { buildRelease } from '../release';
import { downloadEnvironment } from '../release/goEnvironment';
import { writeHostilePlugin } from '../testing/hostilePlugin';
import {
  writeVulnerabilityDatabase,
  type TestVulnerability,
} from '../testing/vulnerabilityDatabase';
import { installGovulncheck } from './installGovulncheck';
import { scanLibrary } from './scanLibrary';

const run = promisify(execFile);

// The first of all runs installs govulncheck
jest.setTimeout(300_000);

const REACHED: TestVulnerability = {
  id: 'GO-2026-0001',
  module: 'stdlib',
  symbols: { strings: ['Repeat'] },
  fixedIn: '1.99.0',
};
const NOT_REACHED: TestVulnerability = {
  id: 'GO-2026-0002',
  module: 'stdlib',
  symbols: { 'archive/tar': ['Reader.Next'] },
};
const ELSEWHERE: TestVulnerability = {
  id: 'GO-2026-0003',
  module: 'example.com/other',
  symbols: { 'example.com/other': ['Run'] },
};
const OF_OLD: TestVulnerability = {
  id: 'GO-2026-0004',
  module: 'stdlib',
  symbols: { strings: ['Repeat'] },
  fixedIn: '1.2.0',
};

/** A library that repeats a string. */
const MAIN = `package main

import "C"

import (
	"fmt"
	"strings"
)

${[
  'envoy_dynamic_module_on_program_init',
  'envoy_dynamic_module_on_http_filter_config_new',
  'envoy_dynamic_module_on_http_filter_new',
]
  .map(
    name => `//export ${name}
func ${name}(count C.int) {
	fmt.Println(strings.Repeat("x", int(count)))
}
`,
  )
  .join('\n')}
func main() {}
`;

describe('vulnerabilities', () => {
  let directory: string;
  let source: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'build-runner-test-'));
    // Those who scan are other users
    await chmod(directory, 0o755);
    source = join(directory, 'source');
    await writeHostilePlugin(source, '');
    await writeFile(join(source, 'cmd/envoy-module/main.go'), MAIN);
    await run(
      'go',
      [
        'build',
        '-buildmode=c-shared',
        ...['-o', join(directory, 'library.so')],
        './cmd/envoy-module',
      ],
      { cwd: source, env: { ...process.env, CGO_ENABLED: '1' } },
    );
  });

  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  async function databaseOf(
    name: string,
    ...vulnerabilities: TestVulnerability[]
  ) {
    const folder = join(directory, name);
    await writeVulnerabilityDatabase(folder, vulnerabilities);
    return folder;
  }

  async function scan(database: string) {
    const work = await mkdtemp(join(directory, 'scan-'));
    return scanLibrary({
      program: await installGovulncheck({
        go: 'go',
        env: process.env,
        onLine: () => {},
      }),
      library: join(directory, 'library.so'),
      database,
      directory: work,
      createSandbox: async ({ name, ...options }) => {
        const place = join(work, name);
        await mkdir(place);
        return Sandbox.create({ directory: place, ...options });
      },
      network: downloadEnvironment({ proxy: '', sumdb: '' }, process.env),
      onLine: () => {},
    });
  }

  it('are told in the report, and do not decide the outcome', async () => {
    const folder = await databaseOf('all', REACHED, NOT_REACHED, ELSEWHERE);
    const report = await buildRelease({
      source,
      out: join(directory, 'out'),
      envoys: [join(directory, 'no-envoy')],
      platforms: ['linux/amd64'],
      modules: { proxy: 'off', sumdb: 'off' },
      env: { ...process.env, GOVULNDB: `file://${folder}` },
    });
    expect(report.vulnerabilities).toEqual({
      outcome: 'failed',
      databaseAt: '2026-11-01T12:00:00.000Z',
      vulnerabilities: [
        {
          id: 'GO-2026-0001',
          aliases: ['CVE-2026-0001'],
          summary: 'What GO-2026-0001 does',
          module: 'stdlib',
          version: expect.stringMatching(/^v?1\./),
          fixedIn: 'v1.99.0',
          reached: true,
        },
        expect.objectContaining({ id: 'GO-2026-0002', reached: false }),
      ],
    });
    expect(report.steps).toContainEqual(
      expect.objectContaining({
        name: 'vulnerabilities',
        state: 'failed',
        reason: 'The library has GO-2026-0001 (stdlib)',
      }),
    );
    // There is no Envoy at the path that was named
    expect(report.outcome).toBe('could-not-run');
    expect(report.reason).toMatch(/^proof /);
  });

  it('are none where nothing that is known is reached', async () => {
    const folder = await databaseOf('harmless', NOT_REACHED, OF_OLD);
    await expect(scan(`file://${folder}`)).resolves.toMatchObject({
      outcome: 'passed',
      vulnerabilities: [{ id: 'GO-2026-0002', reached: false }],
    });
  });

  it('come from a database on the network, too', async () => {
    const folder = await databaseOf('served', REACHED);
    const server = createServer(async (request, response) => {
      const file = join(folder, `${request.url}`.replace(/\.gz$/, ''));
      const content = await readFile(file).catch(() => undefined);
      response.statusCode = content ? 200 : 404;
      response.end(content && gzipSync(content));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      await expect(scan(`http://127.0.0.1:${port}`)).resolves.toMatchObject({
        outcome: 'failed',
      });
    } finally {
      server.close();
    }
  });

  it.each([
    ['file:///no/such/database', 'There is no database of vulnerabilities at'],
    ['ftp://example.com', 'it must be an address that begins with https://'],
    [
      'http://me:secret@127.0.0.1:9/db',
      'At http://127.0.0.1:9/db no database of vulnerabilities answers',
    ],
  ])('cannot be asked for in %s, which says why', async (url, why) => {
    await expect(scan(url)).rejects.toThrow(why);
  });
});
