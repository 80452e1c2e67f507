import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

/** Examples of `envoy-go-plugins:prove`; its test runs each. */
export const examples: TemplateExample[] = [
  {
    description:
      'Prove the filter in the workspace, in the Envoys that its entity claims',
    example: stringify({
      steps: [
        {
          id: 'prove',
          name: 'Prove it in a real Envoy',
          action: 'envoy-go-plugins:prove',
          input: {},
        },
      ],
    }),
  },
  {
    description: 'Prove a filter in a folder, in chosen versions of Envoy',
    example: stringify({
      steps: [
        {
          id: 'prove',
          name: 'Prove it in a real Envoy',
          action: 'envoy-go-plugins:prove',
          input: { targetPath: './filter', envoys: ['1.38.3', '1.40.0'] },
        },
      ],
    }),
  },
];
