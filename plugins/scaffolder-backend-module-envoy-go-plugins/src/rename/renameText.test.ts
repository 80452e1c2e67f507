import type { PluginNames } from './PluginNames';
import { renameGoFile } from './renameGoFile';
import { renameText } from './renameText';

const from: PluginNames = {
  name: 'token-auth',
  title: 'Token auth',
  filterName: 'token-auth',
  goPackage: 'tokenauth',
  modulePath: 'github.com/envoy-plugins/token-auth',
  projectSlug: 'envoy-plugins/token-auth',
};

const to: PluginNames = {
  name: 'api-key',
  title: 'API key',
  filterName: 'api-key',
  goPackage: 'apikey',
  modulePath: 'go.acme.example/filters/api-key',
  projectSlug: 'acme/api-key-filter',
};

describe('renameText', () => {
  it.each([
    [
      'module github.com/envoy-plugins/token-auth\n',
      'module go.acme.example/filters/api-key\n',
    ],
    [
      '"github.com/envoy-plugins/token-auth/sub"',
      '"go.acme.example/filters/api-key/sub"',
    ],
    [
      'https://github.com/envoy-plugins/token-auth/issues',
      'https://github.com/acme/api-key-filter/issues',
    ],
    [
      'url:http://localhost:4010/envoy-plugins/token-auth/',
      'url:http://localhost:4010/acme/api-key-filter/',
    ],
    ['ghcr.io/envoy-plugins/token-auth:v1', 'ghcr.io/acme/api-key-filter:v1'],
    ['build/libtoken-auth.so', 'build/libapi-key.so'],
    ['FilterName = "token-auth"', 'FilterName = "api-key"'],
    ['`token-auth`, token-auth. (token-auth)', '`api-key`, api-key. (api-key)'],
    ['envoy token-auth.yaml', 'envoy api-key.yaml'],
    ['token_auth.denied: 1', 'api_key.denied: 1'],
    [
      'envoy dynamicmodulescustom.token_auth.denied',
      'envoy dynamicmodulescustom.api_key.denied',
    ],
    ['package tokenauth', 'package apikey'],
    ['package tokenauth_test', 'package apikey_test'],
    ['tokenauth.ParseConfig(raw)', 'apikey.ParseConfig(raw)'],
  ])('renames %j', (text, expected) => {
    expect(renameText(text, from, to)).toBe(expected);
  });

  it.each([
    'my-token-auth',
    'token-auth-check',
    'github.com/envoy-plugins/token-auth-v2',
    'github.com/other/my_token_auth2',
    'xtokenauth tokenauths',
    'token auth',
  ])('leaves %j alone, which is the name of something else', text => {
    expect(renameText(text, from, to)).toBe(text);
  });

  it('does not rename what it has just written', () => {
    expect(
      renameText('token-auth header-auth', from, {
        ...to,
        name: 'tokenauth',
        filterName: 'tokenauth',
        goPackage: 'tokenauth',
      }),
    ).toBe('tokenauth header-auth');
  });

  it('writes names as they are, whatever they mean in a pattern', () => {
    expect(
      renameText('github.com/envoy-plugins/token-auth', from, {
        ...to,
        modulePath: 'x.example/$&/$1',
      }),
    ).toBe('x.example/$&/$1');
  });
});

describe('renameGoFile', () => {
  it('keeps the imports sorted', () => {
    expect(
      renameGoFile(
        [
          'package main',
          '',
          'import (',
          '\t"fmt"',
          '',
          '\t_ "github.com/envoy-plugins/token-auth"',
          '\t_ "github.com/envoyproxy/envoy/abi"',
          '\talias "k8s.io/x"',
          ')',
          '',
        ].join('\n'),
        from,
        { ...to, modulePath: 'github.com/zed/api-key' },
      ),
    ).toBe(
      [
        'package main',
        '',
        'import (',
        '\t"fmt"',
        '',
        '\t_ "github.com/envoyproxy/envoy/abi"',
        '\t_ "github.com/zed/api-key"',
        '\talias "k8s.io/x"',
        ')',
        '',
      ].join('\n'),
    );
  });
});
