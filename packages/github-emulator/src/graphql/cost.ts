import {
  FragmentDefinitionNode,
  Kind,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';

/**
 * Points that a query costs: the requests that its connections stand for, divided by 100, at least 1
 * (https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api).
 */
export function queryCost(
  operation: OperationDefinitionNode,
  fragments: Map<string, FragmentDefinitionNode>,
  variables: Record<string, unknown>,
): number {
  return Math.max(
    1,
    Math.round(requests(operation.selectionSet, fragments, variables, 1) / 100),
  );
}

function requests(
  selectionSet: SelectionSetNode,
  fragments: Map<string, FragmentDefinitionNode>,
  variables: Record<string, unknown>,
  parents: number,
): number {
  let sum = 0;
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = fragments.get(selection.name.value);
      sum += fragment
        ? requests(fragment.selectionSet, fragments, variables, parents)
        : 0;
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      sum += requests(selection.selectionSet, fragments, variables, parents);
    } else if (selection.selectionSet) {
      const bound = selection.arguments?.find(({ name }) =>
        ['first', 'last'].includes(name.value),
      )?.value;
      let size: unknown;
      if (bound?.kind === Kind.INT) {
        size = Number(bound.value);
      } else if (bound?.kind === Kind.VARIABLE) {
        size = variables[bound.name.value];
      }
      sum += typeof size === 'number' ? parents : 0;
      sum += requests(
        selection.selectionSet,
        fragments,
        variables,
        parents * (typeof size === 'number' ? Math.max(1, size) : 1),
      );
    }
  }
  return sum;
}
