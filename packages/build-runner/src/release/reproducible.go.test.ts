import { readdirSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { useTemporaryDirectory } from '../testing/temporaryDirectory';
import { buildRelease } from './buildRelease';

const EXAMPLES = join(__dirname, '../../../../examples/plugins');

jest.setTimeout(900_000);

describe('building an example again elsewhere', () => {
  const temporaryDirectory = useTemporaryDirectory();

  // Both places at once, which share the modules and the compiled standard library
  it.each(readdirSync(EXAMPLES))('gives the same library of %s', async name => {
    const build = async (place: string) => {
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
      return report.libraries[0].digest;
    };
    const [here, elsewhere] = await Promise.all(
      ['here', 'in/another/place'].map(build),
    );
    expect(here).toBe(elsewhere);
  });

  it('is tried with all examples', () => {
    expect(readdirSync(EXAMPLES).length).toBeGreaterThanOrEqual(6);
  });
});
