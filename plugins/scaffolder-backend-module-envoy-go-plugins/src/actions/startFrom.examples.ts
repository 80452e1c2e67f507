import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

/** Examples of `envoy-go-plugins:start-from`; its test runs each. */
export const examples: TemplateExample[] = [
  {
    description: 'Turn a copy of token-auth into a plugin of its own',
    example: stringify({
      steps: [
        {
          id: 'fetch',
          name: 'Fetch the example',
          action: 'fetch:plain',
          input: { url: 'https://github.com/envoy-plugins/token-auth' },
        },
        {
          id: 'start',
          name: 'Rename it',
          action: 'envoy-go-plugins:start-from',
          input: {
            name: 'api-key',
            title: 'API key',
            description: 'Lets requests with a known key pass',
            owner: 'group:default/gateway',
            modulePath: 'github.com/acme/api-key',
            projectSlug: 'acme/api-key',
          },
        },
      ],
    }),
  },
  {
    description: 'Rename a copy in a folder, and keep what it says of itself',
    example: stringify({
      steps: [
        {
          id: 'start',
          name: 'Rename it',
          action: 'envoy-go-plugins:start-from',
          input: {
            name: 'api-key',
            modulePath: 'github.com/acme/api-key',
            projectSlug: 'acme/api-key',
            targetPath: './filter',
          },
        },
      ],
    }),
  },
];
