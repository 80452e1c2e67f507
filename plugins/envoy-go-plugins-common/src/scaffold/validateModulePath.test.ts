import {
  modulePathOfRepository,
  validateModulePath,
} from './validateModulePath';

describe('validateModulePath', () => {
  it.each([
    'github.com/acme/token-auth',
    'github.com/Acme/Token_Auth.go',
    'git.acme.example/team/sub/x',
    'github.com/acme/x/v2',
    'gopkg.in/yaml.v3',
  ])('accepts %s', path => {
    expect(validateModulePath(path)).toBeUndefined();
  });

  it.each([
    ['', 'Give the Go module a path'],
    ['github.com', 'names a host but no repository'],
    ['github/acme/x', '"github" must be a host name with a dot in it'],
    ['localhost:4010/acme/x', '":" is not allowed in its host name'],
    ['GitHub.com/acme/x', '"G" is not allowed in its host name'],
    ['github.com//x', 'it has an empty element'],
    ['github.com/acme/x/', 'it has an empty element'],
    ['github.com/acme/my filter', '" " is not allowed'],
    ['github.com/acme/é', '"é" is not allowed'],
    ['github.com/acme/..', '".." begins or ends with a dot'],
    ['github.com/acme/.git', '".git" begins or ends with a dot'],
    ['github.com/acme/con', 'Windows keeps for itself'],
    ['github.com/acme/x~1', 'Windows keeps for itself'],
    ['github.com/acme/internal', 'because of its element "internal"'],
    ['github.com/acme/x/v1', 'must be v2 or higher'],
    ['github.com/acme/x/v02', 'must be v2 or higher'],
  ])('refuses %j', (path, reason) => {
    expect(validateModulePath(path)).toContain(reason);
    expect(validateModulePath(path)).toContain('github.com/acme/token-auth');
  });
});

describe('modulePathOfRepository', () => {
  it('uses a host that can stand in a module path', () => {
    expect(
      modulePathOfRepository({
        host: 'git.acme.example',
        owner: 'team',
        repo: 'x',
      }),
    ).toBe('git.acme.example/team/x');
  });

  it.each(['localhost:4010', 'localhost'])(
    'writes github.com in place of %s',
    host => {
      expect(modulePathOfRepository({ host, owner: 'acme', repo: 'x' })).toBe(
        'github.com/acme/x',
      );
    },
  );
});
