import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

/** Examples of `envoy-go-plugins:check-target`; its test runs each. */
export const examples: TemplateExample[] = [
  {
    description: 'Make sure that a plugin can be created where the form says',
    example: stringify({
      steps: [
        {
          id: 'check',
          name: 'Check the name and the place',
          action: 'envoy-go-plugins:check-target',
          input: {
            name: 'geo-fence',
            repoUrl: 'github.com?owner=acme&repo=geo-fence',
          },
        },
      ],
    }),
  },
  {
    description: 'Check a module path and configuration fields too',
    example: stringify({
      steps: [
        {
          id: 'check',
          name: 'Check the name and the place',
          action: 'envoy-go-plugins:check-target',
          input: {
            name: 'geo-fence',
            repoUrl: 'github.com?owner=acme&repo=geo-fence',
            modulePath: 'go.acme.example/geo-fence',
            configFields: [
              { name: 'countries', type: 'string[]', required: true },
            ],
          },
        },
      ],
    }),
  },
];
