import { InputError } from '@backstage/errors';

/** What somebody wants to do with something in a registry. */
export interface Scope {
  /** Such as `repository`. */
  type: string;
  /** Such as `plugins/token-auth`. */
  name: string;
  /** Such as `pull`. */
  actions: string[];
}

/** More of them is no client's doing: a push that mounts from elsewhere has two. */
const MOST_SCOPES = 20;

/** Distribution's own bound for names. */
const LONGEST_NAME = 255;

/**
 * `resourcescope` of the grammar, with a bound for each part.
 *
 * @see https://distribution.github.io/distribution/spec/auth/scope/
 */
const SCOPE =
  /^(?<type>[a-z0-9]{1,32})(?:\([a-z0-9]{1,32}\))?:(?<name>[A-Za-z0-9._:/-]+):(?<actions>(?:[a-z]{1,32}|\*)(?:,(?:[a-z]{1,32}|\*)){0,9}|)$/;

/**
 * Reads what a client asks for; each of `texts` holds scopes with spaces between.
 *
 * @throws InputError when it is none, or too many
 */
export function parseScopes(texts: string[]): Scope[] {
  const scopes = texts.flatMap(text => text.split(' ')).filter(Boolean);
  if (scopes.length > MOST_SCOPES) {
    throw new InputError(
      `There are ${scopes.length} scopes, and allowed are ${MOST_SCOPES}; ask for fewer`,
    );
  }
  return scopes.map(text => {
    const groups = SCOPE.exec(text)?.groups;
    if (!groups || groups.name.length > LONGEST_NAME) {
      throw new InputError(
        `The scope "${text.slice(
          0,
          100,
        )}" cannot be read; such as "repository:plugins/token-auth:pull" can`,
      );
    }
    return {
      type: groups.type,
      name: groups.name,
      actions: [...new Set(groups.actions.split(',').filter(Boolean))],
    };
  });
}
