import fc from 'fast-check';
import { isError } from '@backstage/errors';
import { parseScopes } from './parseScope';

describe('parseScopes', () => {
  it('reads what a client asks for, or refuses it, whatever it is', () => {
    const part = fc.oneof(
      fc.constantFrom('repository', ':', ',', '*', '(', ')', '/', '..', 'pull'),
      fc.string({ unit: 'binary' }),
    );
    const scope = fc.array(part).map(parts => parts.join(''));
    expect(() =>
      fc.assert(
        fc.property(fc.array(scope), texts => {
          try {
            for (const { type, name, actions } of parseScopes(texts)) {
              expect(`${type}:${name}:${actions}`).toMatch(
                /^[a-z0-9]+:[\w.:/-]{1,255}:[a-z*,]*$/,
              );
            }
          } catch (error) {
            expect(isError(error) && error.name).toBe('InputError');
          }
        }),
        { numRuns: 1000 },
      ),
    ).not.toThrow();
  });

  it('does not take long over what is long', () => {
    const startedAt = performance.now();
    for (const text of [
      `repository:${'a/'.repeat(500_000)}`,
      `repository:${'a:'.repeat(500_000)}`,
      `repository:a:${'pull,'.repeat(200_000)}!`,
    ]) {
      expect(() => parseScopes([text])).toThrow('cannot be read');
    }
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});
