import { chooseToolchain } from './chooseToolchain';
import { parseGoModule } from './goMod';
import { compareGoVersions } from './goVersion';

describe('parseGoModule', () => {
  it('takes the newer of the lines go and toolchain', () => {
    expect(parseGoModule('module example.com/a\n\ngo 1.25.6\n')).toEqual({
      path: 'example.com/a',
      go: '1.25.6',
    });
    expect(
      parseGoModule(
        'module "example.com/a" // ours\ngo 1.25\ntoolchain go1.26.8\n',
      ),
    ).toEqual({ path: 'example.com/a', go: '1.26.8' });
    expect(
      parseGoModule('module example.com/a\ngo 1.26\ntoolchain default\n').go,
    ).toBe('1.26');
  });

  it.each([
    ['module $(touch x)\ngo 1.25\n', /no module path/],
    ['module a;b\ngo 1.25\n', /no module path/],
    ['module -rf\ngo 1.25\n', /no module path/],
    ['go 1.25\n', /names the module ""/],
    ['module example.com/a\n', /line 'go '/],
    ['module example.com/a\ngo latest\n', /line 'go latest'/],
    [
      'module example.com/a\ngo 1.25\ntoolchain ../evil\n',
      /line 'toolchain ..\/evil'/,
    ],
  ])('refuses %j', (text, message) => {
    expect(() => parseGoModule(text)).toThrow(message);
  });
});

describe('compareGoVersions', () => {
  it('knows what comes before what', () => {
    const sorted = [
      '1.20',
      '1.25beta1',
      '1.25rc1',
      '1.25rc2',
      '1.25',
      '1.25.1',
    ];
    expect([...sorted].reverse().sort(compareGoVersions)).toEqual(sorted);
    expect(compareGoVersions('1.26', '1.26.0')).toBe(0);
  });
});

describe('chooseToolchain', () => {
  const allowed = ['1.26.8', '1.25.9', '1.27.0'].map(version => ({
    version,
    root: `/go/${version}`,
  }));

  it('takes the oldest that is new enough', () => {
    expect(chooseToolchain({ path: 'a', go: '1.25.6' }, allowed).version).toBe(
      '1.25.9',
    );
    expect(chooseToolchain({ path: 'a', go: '1.26' }, allowed).version).toBe(
      '1.26.8',
    );
  });

  it('says what is wanted and what is allowed', () => {
    expect(() => chooseToolchain({ path: 'a', go: '1.28' }, allowed)).toThrow(
      'go.mod wants Go 1.28; allowed here are 1.26.8, 1.25.9, 1.27.0',
    );
  });
});
