import type { PublishStepId } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** What the steps are called, for people. */
export const STEP_TITLES: Record<PublishStepId, string> = {
  'verify-commit': 'Verify the commit',
  transfer: 'Ask for the transfer',
  'wait-for-transfer': 'Wait for the transfer',
  strip: 'Remove foreign access',
  'module-path': 'Rewrite the module path',
  protect: 'Protect branch and tags',
  topics: 'Set the topics',
  'workflow-file': 'Propose the workflow',
  register: 'Register in the catalog',
  announce: 'Tell the author',
};
