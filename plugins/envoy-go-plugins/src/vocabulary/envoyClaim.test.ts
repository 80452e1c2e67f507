import { envoyClaim } from './envoyClaim';

describe('envoyClaim', () => {
  it.each([
    [['1.38', '1.39', '1.40'], 'Envoy 1.38–1.40'],
    [['1.40', '1.38', '1.39'], 'Envoy 1.38–1.40'],
    [['1.36', '1.38', '1.39'], 'Envoy 1.36, 1.38–1.39'],
    [['1.9', '1.10'], 'Envoy 1.9–1.10'],
    [['1.40', '2.0', '2.1'], 'Envoy 1.40, 2.0–2.1'],
    [['1.40'], 'Envoy 1.40'],
    [[], 'Envoy >=3'],
  ])('says %j as %s', (envoyVersions, phrase) => {
    expect(envoyClaim({ envoy: '>=3', envoyVersions })).toBe(phrase);
  });

  it('leaves the plugin as it is', () => {
    const plugin = { envoy: '*', envoyVersions: ['1.40', '1.38'] };
    envoyClaim(plugin);
    expect(plugin.envoyVersions).toEqual(['1.40', '1.38']);
  });
});
