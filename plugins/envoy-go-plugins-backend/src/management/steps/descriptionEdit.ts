import { ConflictError } from '@backstage/errors';
import type { DescriptionEdit } from '../description/editDescription';
import type { StoredOperation } from '../ManagementStore';

/** What an operation changes in a plugin's description. */
export function descriptionEditOf(
  operation: Pick<StoredOperation, 'action' | 'parameters' | 'reason'>,
): DescriptionEdit {
  const { action, parameters, reason } = operation;
  switch (action) {
    case 'change-owner':
      return { owner: parameters.owner };
    case 'deprecate':
      return {
        lifecycle: 'deprecated',
        deprecation: {
          reason,
          ...(parameters.successor !== undefined && {
            successor: parameters.successor,
          }),
        },
      };
    default:
      throw new ConflictError(`"${action}" changes no description`);
  }
}
