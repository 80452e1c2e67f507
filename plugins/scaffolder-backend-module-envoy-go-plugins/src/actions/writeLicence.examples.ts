import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

/** Examples of `envoy-go-plugins:write-licence`; its test runs each. */
export const examples: TemplateExample[] = [
  {
    description: 'Put a filter under the Apache licence',
    example: stringify({
      steps: [
        {
          id: 'licence',
          name: 'Write the licence',
          action: 'envoy-go-plugins:write-licence',
          input: { licence: 'Apache-2.0' },
        },
      ],
    }),
  },
  {
    description: 'Put one under a licence that names who has the copyright',
    example: stringify({
      steps: [
        {
          id: 'licence',
          name: 'Write the licence',
          action: 'envoy-go-plugins:write-licence',
          input: {
            licence: 'MIT',
            holder: 'The gateway team',
            targetPath: './filter',
          },
        },
      ],
    }),
  },
];
