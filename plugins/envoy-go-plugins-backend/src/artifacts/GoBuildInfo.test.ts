import { BUILD_INFO_JSON } from './__testUtils__/testRelease';
import { effectiveModule, hexSum, parseGoBuildInfo } from './GoBuildInfo';

describe('parseGoBuildInfo', () => {
  it('reads what Go wrote into a library', () => {
    const info = parseGoBuildInfo(BUILD_INFO_JSON);
    expect(info).toMatchObject({
      goVersion: 'go1.26.8',
      main: { path: 'github.com/envoy-plugins/header-auth' },
      settings: { '-buildmode': 'c-shared', GOARCH: 'amd64' },
    });
    expect(info.dependencies.map(effectiveModule)).toMatchObject([
      { path: 'github.com/envoyproxy/envoy/source/extensions/dynamic_modules' },
      { path: 'example.com/fork', version: 'v1.0.1' },
    ]);
    expect(hexSum(info.main)).toBeUndefined();
    expect(hexSum(info.dependencies[0])).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    '',
    'null',
    '[]',
    '{"GoVersion":1}',
    '{"GoVersion":"go1","Path":"a"}',
  ])('refuses %j', text => {
    expect(() => parseGoBuildInfo(text)).toThrow(
      'build the library with Go modules',
    );
  });
});
