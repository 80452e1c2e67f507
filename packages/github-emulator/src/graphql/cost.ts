import {
  ArgumentNode,
  FragmentDefinitionNode,
  getNamedType,
  GraphQLNamedType,
  GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  OperationDefinitionNode,
  SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';

/** What a query asks for. */
export interface QueryCost {
  /** Points that it costs. */
  cost: number;
  /** How many nodes it can give at most. */
  nodeCount: number;
}

/** What the cost of a query is computed from. */
export interface CostedQuery {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: Map<string, FragmentDefinitionNode>;
  variables: Record<string, unknown>;
}

/** Follows the selections of a query and multiplies. */
class CostCounter {
  readonly #query: CostedQuery;

  constructor(query: CostedQuery) {
    this.#query = query;
  }

  count(
    selectionSet: SelectionSetNode,
    type: GraphQLNamedType | undefined,
    parents: number,
  ): { requests: number; nodes: number } {
    const sum = { requests: 0, nodes: 0 };
    const add = (
      set: SelectionSetNode,
      of: GraphQLNamedType | undefined,
      times: number,
    ) => {
      const inner = this.count(set, of, times);
      sum.requests += inner.requests;
      sum.nodes += inner.nodes;
    };
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = this.#query.fragments.get(selection.name.value);
        if (fragment) {
          add(
            fragment.selectionSet,
            this.#type(fragment.typeCondition.name.value),
            parents,
          );
        }
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value;
        add(
          selection.selectionSet,
          condition ? this.#type(condition) : type,
          parents,
        );
      } else if (selection.selectionSet) {
        const { name, arguments: given = [] } = selection;
        const field =
          isObjectType(type) || isInterfaceType(type)
            ? type.getFields()[name.value]
            : undefined;
        const fieldType = field && getNamedType(field.type);
        if (fieldType?.name.endsWith('Connection')) {
          const size = this.#size(given);
          sum.requests += parents;
          sum.nodes += parents * size;
          add(selection.selectionSet, fieldType, parents * Math.max(1, size));
        } else if (type === this.#query.schema.getQueryType()) {
          const ids = this.#value(given, 'ids');
          const times = Array.isArray(ids) ? ids.length : 1;
          sum.nodes += name.value === 'nodes' ? times : 0;
          add(selection.selectionSet, fieldType, times);
        } else {
          add(selection.selectionSet, fieldType, parents);
        }
      }
    }
    return sum;
  }

  #type(name: string): GraphQLNamedType | undefined {
    return this.#query.schema.getType(name) ?? undefined;
  }

  #size(given: readonly ArgumentNode[]): number {
    const size = this.#value(given, 'first') ?? this.#value(given, 'last');
    return typeof size === 'number' ? size : 0;
  }

  #value(given: readonly ArgumentNode[], name: string): unknown {
    const node = given.find(one => one.name.value === name)?.value;
    return node && valueFromASTUntyped(node, this.#query.variables);
  }
}

/**
 * What a query costs: the requests that its connections stand for, divided by 100, at least 1
 * (https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api).
 *
 * GitHub does not say what `nodes(ids: …)` counts for; it is taken for as many parents as there are ids, which is never too little.
 */
export function queryCost(query: CostedQuery): QueryCost {
  const variables = {
    ...Object.fromEntries(
      (query.operation.variableDefinitions ?? []).map(
        ({ variable, defaultValue }) => [
          variable.name.value,
          defaultValue && valueFromASTUntyped(defaultValue),
        ],
      ),
    ),
    ...query.variables,
  };
  const root = query.schema.getRootType(query.operation.operation);
  const { requests, nodes } = new CostCounter({ ...query, variables }).count(
    query.operation.selectionSet,
    root ?? undefined,
    1,
  );
  return { cost: Math.max(1, Math.round(requests / 100)), nodeCount: nodes };
}
