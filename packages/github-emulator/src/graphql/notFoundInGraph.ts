import { GraphQLError } from 'graphql';
import { graphError } from './connection';

/**
 * GitHub's error for what is not there, or may not be seen.
 *
 * @param key - what it was asked for by: `name`, `login of`
 */
export function notFoundInGraph(
  what: string,
  key: string,
  value: string,
): GraphQLError {
  return graphError(
    'NOT_FOUND',
    `Could not resolve to ${what} with the ${key} '${value}'.`,
  );
}
