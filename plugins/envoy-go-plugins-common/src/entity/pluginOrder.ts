import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { fieldProblem, type FieldProblem } from '../configuration/FieldProblem';
import { ENVOY_GO_PLUGIN_KIND } from './EnvoyGoPluginEntity';

const RELATIONS = ['before', 'after', 'conflictsWith'] as const;
const WORDS = {
  before: 'before',
  after: 'after',
  conflictsWith: 'in conflict with',
};

/**
 * Says what is wrong with where a plugin must stand: names of nothing that could be a
 * plugin, itself, or demands that cannot hold together.
 *
 * @param plugin - the plugin's own name and namespace, as far as they are known
 * @param order - `spec.order`; what is no list of names in it is left to the schema
 */
export function checkPluginOrder(
  plugin: { name: string | undefined; namespace: string | undefined },
  order: Record<string, unknown>,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const self = plugin.name
    ? stringifyEntityRef({
        kind: ENVOY_GO_PLUGIN_KIND,
        namespace: plugin.namespace,
        name: plugin.name,
      })
    : undefined;
  const demands = new Map<string, (typeof RELATIONS)[number]>();
  for (const relation of RELATIONS) {
    const names = order[relation];
    (Array.isArray(names) ? names : []).forEach((name, index) => {
      if (typeof name !== 'string' || name === '') {
        return;
      }
      const path = ['spec', 'order', relation, index];
      let other: string;
      try {
        const ref = parseEntityRef(name, {
          defaultKind: ENVOY_GO_PLUGIN_KIND,
          defaultNamespace: plugin.namespace,
        });
        if (
          ref.kind.toLocaleLowerCase('en-US') !==
          ENVOY_GO_PLUGIN_KIND.toLocaleLowerCase('en-US')
        ) {
          problems.push(
            fieldProblem(
              path,
              `must name an ${ENVOY_GO_PLUGIN_KIND}, but is the ${ref.kind} "${name}"`,
            ),
          );
          return;
        }
        other = stringifyEntityRef(ref);
      } catch {
        problems.push(
          fieldProblem(
            path,
            `must be the name or the entity ref of a plugin, but is ${JSON.stringify(
              name,
            )}`,
          ),
        );
        return;
      }
      const earlier = demands.get(other);
      if (other === self) {
        problems.push(
          fieldProblem(
            path,
            `names the plugin itself, which cannot be ${WORDS[relation]} itself`,
          ),
        );
      } else if (earlier && earlier !== relation) {
        problems.push(
          fieldProblem(
            path,
            `names "${name}", which is in spec.order.${earlier} too; a plugin cannot be both ${WORDS[earlier]} and ${WORDS[relation]} the same one`,
          ),
        );
      } else {
        demands.set(other, relation);
      }
    });
  }
  return problems;
}
