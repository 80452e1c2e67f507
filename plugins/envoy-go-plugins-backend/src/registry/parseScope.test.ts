import fc from 'fast-check';
import { isError } from '@backstage/errors';
import { parseScopes } from './parseScope';

/** What of scopes is not as it has to be; refusing them is. */
function strange(texts: string[]): string[] {
  try {
    return parseScopes(texts)
      .map(({ type, name, actions }) => `${type}:${name}:${actions}`)
      .filter(read => !/^[a-z0-9]+:[\w.:/-]{1,255}:[a-z*,]*$/.test(read));
  } catch (error) {
    return isError(error) && error.name === 'InputError' ? [] : [`${error}`];
  }
}

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
          expect(strange(texts)).toEqual([]);
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
