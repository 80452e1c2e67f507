import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

/** Examples of `envoy-go-plugins:tidy-up`; its test runs each. */
export const examples: TemplateExample[] = [
  {
    description:
      'When a step after check-target failed, remove the repository that was created but got no commit',
    example: stringify({
      steps: [
        {
          id: 'tidy-up',
          name: 'Leave nothing half-made behind',
          if: '${{ failure() and steps.check.output.checkedAt }}',
          action: 'envoy-go-plugins:tidy-up',
          input: {
            repoUrl: 'github.com?owner=acme&repo=geo-fence',
            notBefore: '2026-11-22T10:00:00.000Z',
          },
        },
      ],
    }),
  },
];
