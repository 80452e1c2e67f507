import { repositoryAddress } from './repositoryAddress';

describe('repositoryAddress', () => {
  it.each([
    'https://github.example/jo/token-auth',
    'https://github.example/jo/token-auth/',
    'https://github.example/jo/token-auth.git',
    'https://github.example/jo/token-auth/tree/main?tab=readme#top',
    'github.example/jo/token-auth',
    'git@github.example:jo/token-auth.git',
    'ssh://git@github.example/jo/token-auth.git',
    '  jo/token-auth ',
  ])('understands %s', pasted => {
    expect(repositoryAddress(pasted, 'github.example')).toBe(
      'https://github.example/jo/token-auth',
    );
  });

  it.each([
    '',
    'token-auth',
    'https://github.example/jo',
    'https://me:secret@github.example/jo/token-auth',
    'mailto:jo@github.example',
    'two words/of text and more',
  ])('finds no repository in “%s”', pasted => {
    expect(repositoryAddress(pasted, 'github.example')).toBeUndefined();
  });

  it('keeps the port and the scheme of where it came from', () => {
    expect(
      repositoryAddress('http://localhost:7000/jo/token-auth', 'github.com'),
    ).toBe('http://localhost:7000/jo/token-auth');
  });
});
