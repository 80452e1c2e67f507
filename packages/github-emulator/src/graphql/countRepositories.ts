import {
  DocumentNode,
  FieldNode,
  parse,
  valueFromASTUntyped,
  visit,
} from 'graphql';

/** How many repositories a query asks for at most; 0 for what is no query. */
export function countRepositories(
  source: string,
  variables: Record<string, unknown>,
): number {
  let document: DocumentNode;
  try {
    document = parse(source);
  } catch {
    return 0;
  }
  const value = (field: FieldNode, name: string): unknown => {
    const node = field.arguments?.find(one => one.name.value === name)?.value;
    return node && valueFromASTUntyped(node, variables);
  };
  let count = 0;
  visit(document, {
    Field(field) {
      if (field.name.value === 'repository' && value(field, 'name')) {
        count += 1;
      } else if (field.name.value === 'nodes') {
        const ids = value(field, 'ids');
        count += Array.isArray(ids) ? ids.length : 0;
      } else if (
        /^(repositories|starredRepositories)$/.test(field.name.value)
      ) {
        const size = value(field, 'first') ?? value(field, 'last');
        count += typeof size === 'number' ? size : 0;
      }
    },
  });
  return count;
}
