import { catalogEntityPermissionResourceRef } from '@backstage/plugin-catalog-node/alpha';
import {
  createConditionFactory,
  createPermissionRule,
} from '@backstage/plugin-permission-node';
import { z } from 'zod';

/**
 * A rule of the catalog for permission policies: entities that have one of these names.
 * Unlike many conditions on one name each it is a single part of a query, however many they
 * are.
 *
 * @public
 */
export const isNamedRule = createPermissionRule({
  name: 'IS_NAMED',
  description: 'Allow entities with one of these names',
  resourceRef: catalogEntityPermissionResourceRef,
  paramsSchema: z.object({
    names: z.array(z.string()).describe('Names, without regard to case'),
  }),
  apply: (entity, { names }) => {
    const name = entity.metadata.name.toLocaleLowerCase('en-US');
    return names.some(one => one.toLocaleLowerCase('en-US') === name);
  },
  toQuery: ({ names }) => ({
    key: 'metadata.name',
    values: names.map(name => name.toLocaleLowerCase('en-US')),
  }),
});

/**
 * Makes a condition of {@link isNamedRule}.
 *
 * @public
 */
export const isNamed = createConditionFactory(isNamedRule);
