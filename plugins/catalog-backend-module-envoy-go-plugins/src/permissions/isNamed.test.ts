import { isNamed, isNamedRule } from './isNamed';

const entity = {
  apiVersion: 'envoygo.dev/v1alpha1',
  kind: 'EnvoyGoPlugin',
  metadata: { name: 'Token-auth' },
};

it('finds entities by their names, however they are written', () => {
  expect(isNamedRule.apply(entity, { names: ['a', 'token-AUTH'] })).toBe(true);
  expect(isNamedRule.apply(entity, { names: ['token'] })).toBe(false);
  expect(isNamedRule.apply(entity, { names: [] })).toBe(false);
  expect(isNamedRule.toQuery({ names: ['a', 'Token-auth'] })).toEqual({
    key: 'metadata.name',
    values: ['a', 'token-auth'],
  });
});

it('makes conditions for policies', () => {
  expect(isNamed({ names: ['a'] })).toEqual({
    rule: 'IS_NAMED',
    resourceType: 'catalog-entity',
    params: { names: ['a'] },
  });
});
