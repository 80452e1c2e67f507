import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

/** Examples of `envoy-go-plugins:render-config`; its test runs each. */
export const examples: TemplateExample[] = [
  {
    description: 'Write config.go for the fields that a form defined',
    example: stringify({
      steps: [
        {
          id: 'config',
          name: 'Write the configuration',
          action: 'envoy-go-plugins:render-config',
          input: {
            goPackage: 'ratelimit',
            fields: [
              {
                name: 'maxRequests',
                type: 'integer',
                default: 10,
                description: 'How many requests pass in a window',
              },
              { name: 'window', type: 'duration', required: true },
            ],
          },
        },
      ],
    }),
  },
  {
    description: 'A filter without configuration, in a folder of the workspace',
    example: stringify({
      steps: [
        {
          id: 'config',
          name: 'Write the configuration',
          action: 'envoy-go-plugins:render-config',
          input: {
            goPackage: 'headerauth',
            fields: [],
            targetPath: './filter',
          },
        },
      ],
    }),
  },
];
