import type { ManagementAction } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** The steps of which operations consist. */
export type ManagementStepId =
  | 'propose'
  | 'merge'
  | 'refresh'
  | 'mark-release'
  | 'read-release'
  | 'order-build'
  | 'unregister'
  | 'lift-rules'
  | 'give-back'
  | 'wait-for-transfer'
  | 'leave-catalog'
  | 'mark'
  | 'tell';

/** What steps are called on pages. */
export const MANAGEMENT_STEP_TITLES: Record<ManagementStepId, string> = {
  propose: 'Propose the change of the description',
  merge: 'Merge it',
  refresh: 'Read it into the catalog',
  'mark-release': 'Mark the release on GitHub',
  'read-release': 'Read the release anew',
  'order-build': 'Order the build',
  unregister: 'Take it out of the catalog',
  'lift-rules': 'Lift the rules for its branch and tags',
  'give-back': 'Give the repository back',
  'wait-for-transfer': 'Wait for the transfer',
  'leave-catalog': 'See that the catalog has it no more',
  mark: 'Mark what was built of it',
  tell: 'Tell those whom it concerns',
};

/** What is done, in this order. */
export const MANAGEMENT_STEPS: Record<ManagementAction, ManagementStepId[]> = {
  'change-owner': ['propose', 'merge', 'refresh', 'tell'],
  deprecate: ['propose', 'merge', 'refresh', 'tell'],
  yank: ['mark-release', 'read-release', 'tell'],
  rebuild: ['order-build'],
  unpublish: [
    'unregister',
    'lift-rules',
    'give-back',
    'wait-for-transfer',
    'leave-catalog',
    'mark',
    'tell',
  ],
};
