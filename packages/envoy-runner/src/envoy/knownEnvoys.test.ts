import { admittedEnvoyVersions, selectEnvoyVersions } from './knownEnvoys';

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

describe('admittedEnvoyVersions', () => {
  it.each([
    ['>=1.38', ['1.38.3', '1.39.3', '1.40.0']],
    ['~1.39', ['1.39.3']],
    ['>=9', []],
  ])('of %s are all that it admits', (range, expected) => {
    expect(admittedEnvoyVersions(range)).toEqual(expected);
  });
});
