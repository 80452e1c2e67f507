import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { useTemporaryDirectory } from '../testing/temporaryDirectory';
import { buildRelease } from './buildRelease';

const EXAMPLES = join(__dirname, '../../../../examples/plugins');

jest.setTimeout(900_000);

describe('building an example again elsewhere', () => {
  const temporaryDirectory = useTemporaryDirectory();

  it('gives the same library', async () => {
    const names = await readdir(EXAMPLES);
    expect(names.length).toBeGreaterThanOrEqual(6);
    for (const name of names) {
      const digests: string[] = [];
      for (const place of ['here', 'in/another/place']) {
        const directory = await temporaryDirectory();
        const source = join(directory, place, name);
        await cp(join(EXAMPLES, name), source, { recursive: true });
        const report = await buildRelease({
          source,
          out: join(directory, 'out'),
          // Proofs are for other tests: none of its steps after these can pass
          envoys: [join(directory, 'no-envoy')],
          platforms: ['linux/amd64'],
          vulnerabilityDatabase: 'file:///none',
        });
        expect(
          report.steps
            .filter(({ state }) => state !== 'passed')
            .map(step => step.name.split(' ')[0]),
        ).toEqual(['vulnerabilities', 'proof']);
        digests.push(report.libraries[0].digest);
      }
      expect([name, digests[0]]).toEqual([name, digests[1]]);
    }
  });
});
