import { selectEnvoyVersions } from './knownEnvoys';

describe('selectEnvoyVersions', () => {
  it.each([
    ['>=1.38', ['1.38.3', '1.40.0']],
    ['~1.39.0', ['1.39.3']],
    ['>=1.39 <1.40', ['1.39.3']],
    ['*', ['1.38.3', '1.40.0']],
    ['>=2', []],
  ])('takes the lowest and the highest that %s admits', (range, expected) => {
    expect(selectEnvoyVersions(range)).toEqual(expected);
  });
});
