import { goFieldName, goPackageName } from './goNames';
import { validatePluginName } from './validatePluginName';

describe('validatePluginName', () => {
  it.each(['token-auth', 'a', 'x1', 'a'.repeat(63), 'rate-limit-2'])(
    'accepts %s',
    name => {
      expect(validatePluginName(name)).toBeUndefined();
    },
  );

  it.each([
    ['', 'Give the plugin a name, such as "token-auth".'],
    ['Token', 'The name "Token" must begin with a letter from a to z.'],
    ['2fa', 'The name "2fa" must begin with a letter from a to z.'],
    [
      'token_auth',
      'The name "token_auth" contains "_"; use only letters from a to z, digits and dashes.',
    ],
    [
      'a💥',
      'The name "a💥" contains "💥"; use only letters from a to z, digits and dashes.',
    ],
    [
      'token-',
      'The name "token-" has a dash without a letter or digit after it; use single dashes between words.',
    ],
    [
      'a--b',
      'The name "a--b" has a dash without a letter or digit after it; use single dashes between words.',
    ],
    ['a'.repeat(64), 'The name has 64 characters; use 63 at most.'],
    [
      'func',
      'The name "func" would make the Go package "func", which is a keyword of Go; choose another name, such as "func-filter".',
    ],
    [
      'fall-through',
      'The name "fall-through" would make the Go package "fallthrough", which is a keyword of Go; choose another name, such as "fall-through-filter".',
    ],
    [
      'string',
      'The name "string" would make the Go package "string", which is a predeclared identifier of Go; choose another name, such as "string-filter".',
    ],
    [
      'main',
      'The name "main" would make the Go package "main", which is a name that Go keeps for itself; choose another name, such as "main-filter".',
    ],
  ])('refuses %j', (name, sentence) => {
    expect(validatePluginName(name)).toBe(sentence);
  });
});

describe('goPackageName', () => {
  it('leaves the dashes out', () => {
    expect(goPackageName('local-rate-limit')).toBe('localratelimit');
  });
});

describe('goFieldName', () => {
  it.each([
    ['maxRequests', 'MaxRequests'],
    ['type', 'Type'],
    ['userId', 'UserID'],
    ['userID', 'UserID'],
    ['apiUrl', 'APIURL'],
    ['ttl', 'TTL'],
    ['idle', 'Idle'],
    ['x1y', 'X1Y'],
    ['aBCd', 'ABCd'],
    ['allowHTTP2Only', 'AllowHTTP2Only'],
  ])('writes %s as %s', (name, expected) => {
    expect(goFieldName(name)).toBe(expected);
  });
});
