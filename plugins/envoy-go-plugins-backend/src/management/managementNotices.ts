import type { Notice } from '../notices';
import type { NewOperation } from './ManagementStore';

/**
 * What people are told of what is done to a plugin.
 *
 * @param to - entity refs
 * @returns none where there is nobody to tell
 */
export function managementNotices(
  operation: Pick<NewOperation, 'id' | 'plugin' | 'title'>,
  to: string[],
  text: string,
  severity: Notice['severity'] = 'normal',
): Notice[] {
  const { id, plugin, title } = operation;
  return to.length === 0
    ? []
    : [
        {
          to: { entityRefs: to },
          title: `${plugin.name}: ${title}`,
          text,
          link: `/catalog/${encodeURIComponent(
            plugin.namespace,
          )}/envoygoplugin/${encodeURIComponent(plugin.name)}`,
          severity,
          topic: 'envoy-go-plugins.management',
          scope: `${id}: ${text}`,
        },
      ];
}
