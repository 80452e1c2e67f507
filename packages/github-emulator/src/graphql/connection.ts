import { GraphQLError } from 'graphql';

const LARGEST_PAGE = 100;
const CURSOR = 'cursor:v2:';

/** Arguments by which a part of a connection is asked for. */
export interface ConnectionArguments {
  first?: number;
  last?: number;
  after?: string;
  before?: string;
}

/** An object of the graph: fields are values, or functions of the field's arguments. */
export interface GraphObject {
  readonly __typename?: string;
  readonly [field: string]: unknown;
}

/** An error in the form GitHub gives them, with a `type`. */
export function graphError(type: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

/**
 * One page of a list as a connection. Without `first` and `last` only its `totalCount` can be asked for.
 *
 * @throws GraphQLError when `first` or `last` is more than 100
 */
export function connection<T>(
  name: string,
  items: T[],
  given: ConnectionArguments,
  toNode: (item: T) => unknown,
  toEdge: (item: T) => object = () => ({}),
): GraphObject {
  const size = given.first ?? given.last;
  const bound = given.first === undefined ? 'last' : 'first';
  if (size === undefined) {
    const refuse = () => {
      throw graphError(
        'MISSING_PAGINATION_BOUNDARIES',
        `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`,
      );
    };
    return {
      totalCount: items.length,
      pageInfo: refuse,
      nodes: refuse,
      edges: refuse,
    };
  }
  if (size > LARGEST_PAGE || size < 0) {
    throw graphError(
      'EXCESSIVE_PAGINATION',
      `Requesting ${size} records on the \`${name}\` connection exceeds the \`${bound}\` limit of ${LARGEST_PAGE} records.`,
    );
  }
  const from = given.after ? readCursor(given.after) : 0;
  const to = given.before ? readCursor(given.before) - 1 : items.length;
  const start = bound === 'first' ? from : Math.max(from, to - size);
  const end = bound === 'first' ? Math.min(to, from + size) : to;
  const page = items.slice(start, end);
  return {
    totalCount: items.length,
    pageInfo: {
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
      startCursor: page.length > 0 ? writeCursor(start + 1) : null,
      endCursor: page.length > 0 ? writeCursor(end) : null,
    },
    nodes: () => page.map(toNode),
    edges: () =>
      page.map((item, at) => ({
        cursor: writeCursor(start + at + 1),
        node: () => toNode(item),
        ...toEdge(item),
      })),
  };
}

/** A cursor names the position after an item, counted from 1. */
function writeCursor(position: number): string {
  return Buffer.from(`${CURSOR}${position}`).toString('base64');
}

function readCursor(cursor: string): number {
  const text = Buffer.from(cursor, 'base64').toString();
  const position = Number(text.slice(CURSOR.length));
  if (!text.startsWith(CURSOR) || !Number.isInteger(position)) {
    throw graphError(
      'INVALID_CURSOR_ARGUMENTS',
      `\`${cursor}\` does not appear to be a valid cursor.`,
    );
  }
  return position;
}
