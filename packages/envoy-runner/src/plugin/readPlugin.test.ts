import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { useTemporaryDirectory } from '../testing/programs';
import { readPlugin } from './readPlugin';

const temporaryDirectory = useTemporaryDirectory();

async function read(yaml: string) {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'catalog-info.yaml'), yaml);
  return { directory, plugin: await readPlugin(directory) };
}

const entity = (spec: string) => `
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: other }
---
apiVersion: envoygo.dev/v1alpha1
kind: EnvoyGoPlugin
metadata: { name: token-auth }
spec: ${spec}
`;

describe('readPlugin', () => {
  it('takes what it needs, wherever in the file it is', async () => {
    const { directory, plugin } = await read(
      entity(
        '{ runtime: dynamic-module, filterName: auth, envoy: ">=1.39", proof: proofs/a.yaml }',
      ),
    );
    expect(plugin).toEqual({
      name: 'token-auth',
      directory,
      filterName: 'auth',
      envoy: '>=1.39',
      proofPath: join(directory, 'proofs/a.yaml'),
    });
  });

  it('assumes any Envoy, and the usual name of the proof', async () => {
    const { directory, plugin } = await read(
      entity('{ runtime: dynamic-module, filterName: auth }'),
    );
    expect(plugin).toMatchObject({
      envoy: '*',
      proofPath: join(directory, 'envoy-proof.yaml'),
    });
  });

  it.each([
    [
      entity('{ runtime: golang-filter, filterName: a }'),
      'spec.runtime is golang-filter; only dynamic-module plugins run in a stock Envoy',
    ],
    [
      entity('{ runtime: dynamic-module }'),
      'spec.filterName is missing, it must be a text',
    ],
    [
      entity('{ runtime: dynamic-module, filterName: 1 }'),
      'spec.filterName is 1, it must be a text',
    ],
    [
      entity('{ runtime: dynamic-module, filterName: a, envoy: newest }'),
      "spec.envoy is 'newest', which is no semver range such as '>=1.38'",
    ],
    [
      entity('{ runtime: dynamic-module, filterName: a, proof: ../x.yaml }'),
      "spec.proof is '../x.yaml', which lies outside the plugin's folder",
    ],
    [
      'kind: Component',
      'holds no entity of kind EnvoyGoPlugin (envoygo.dev/v1alpha1)',
    ],
    ['a: [', 'is not YAML'],
  ])('refuses %j', async (yaml, message) => {
    await expect(read(yaml)).rejects.toThrow(message);
  });

  it('says that a folder is no plugin', async () => {
    const directory = await temporaryDirectory();
    await expect(readPlugin(directory)).rejects.toThrow(
      `There is no catalog-info.yaml in ${directory}; give the folder of a plugin`,
    );
  });
});
