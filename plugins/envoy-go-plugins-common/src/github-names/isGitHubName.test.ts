import { isGitHubName } from './isGitHubName';

describe('isGitHubName', () => {
  it.each(['envoy-plugins', 'token_auth', '.github', 'a.b', '...', '1'])(
    'admits %p',
    name => {
      expect(isGitHubName(name)).toBe(true);
    },
  );

  it.each(['', '.', '..', 'a/b', 'a?b', 'a b', '%2e', 'ä', 'a\n'])(
    'does not admit %p',
    name => {
      expect(isGitHubName(name)).toBe(false);
    },
  );
});
