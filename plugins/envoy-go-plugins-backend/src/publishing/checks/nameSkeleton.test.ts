import { mixesScripts, nameSkeleton } from './nameSkeleton';

it.each([
  ['token-auth', 'tokenauth'],
  ['token-auth', 't0ken-auth'],
  ['limiter', '1imiter'],
  ['modern', 'modem'],
  ['wave', 'vvave'],
])('takes %s for %s', (one, other) => {
  expect(nameSkeleton(one)).toBe(nameSkeleton(other));
});

it('tells names apart that do not look alike', () => {
  expect(nameSkeleton('token-auth')).not.toBe(nameSkeleton('header-auth'));
});

it('sees letters of other scripts among Latin ones', () => {
  expect(mixesScripts('Tоken auth')).toBe(true);
  expect(mixesScripts('Token auth – größer')).toBe(false);
  expect(mixesScripts('Проверка')).toBe(false);
});
