import { InputError } from '@backstage/errors';
import { envoyVersionsAdmittedBy } from './envoyVersionsAdmittedBy';

describe('envoyVersionsAdmittedBy', () => {
  it.each([
    ['>=1.38', ['1.38', '1.39', '1.40']],
    ['>=1.38 <1.40', ['1.38', '1.39']],
    ['1.38.x || 1.40.x', ['1.38', '1.40']],
    ['>=1.38.3 <1.39', ['1.38']],
    ['~1.37.1', ['1.37']],
    ['^1.39.2', ['1.39', '1.40']],
    ['*', ['1.36', '1.37', '1.38', '1.39', '1.40']],
    ['>=2', []],
    ['<1.30', []],
  ])('reads %s', (range, versions) => {
    expect(envoyVersionsAdmittedBy(range)).toEqual(versions);
  });

  it('asks exact versions where they are known', () => {
    expect(
      envoyVersionsAdmittedBy('>=1.38.3', [
        '1.40.0',
        '1.38.2',
        '1.39.0',
        '1.39.3',
      ]),
    ).toEqual(['1.39', '1.40']);
  });

  it('refuses what is no range and what is no version', () => {
    expect(() => envoyVersionsAdmittedBy('>>1')).toThrow(
      new InputError(
        '">>1" is not a semver range; write one such as ">=1.38" or "1.38.x || 1.40.x"',
      ),
    );
    expect(() => envoyVersionsAdmittedBy('*', ['v1'])).toThrow(
      '"v1" is not a version of Envoy; write one such as "1.38.3" or "1.38"',
    );
  });
});
