import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import { parseAllDocuments } from 'yaml';
import type { EnvoyGoPluginEntity } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  InMemoryEnvoyGoPluginsApi,
  TOKEN_AUTH_CONFIG,
  sampleEntity,
} from '../__testUtils__';
import { renderWithApi } from '../__testUtils__/renderWithApi';
import { ConfigurationContent } from './ConfigurationContent';

const tokenAuth = sampleEntity('token-auth', {
  metadata: { title: 'Token auth' },
  spec: { config: TOKEN_AUTH_CONFIG },
});

function render(
  entity: EnvoyGoPluginEntity = tokenAuth,
  theme: 'light' | 'dark' = 'light',
) {
  return renderWithApi(<ConfigurationContent />, {
    api: new InMemoryEnvoyGoPluginsApi({ plugins: [] }),
    entity,
    theme,
  });
}

function snippet() {
  return screen.getByRole('tabpanel').textContent ?? '';
}

/** The configuration in Envoy's snippet. */
function configured() {
  const [documents] = parseAllDocuments(snippet());
  const [filter] = documents.toJS();
  return filter.typed_config.filter_config?.value;
}

async function pick(example: string) {
  await userEvent.click(screen.getByRole('button', { name: 'Examples' }));
  await userEvent.click(
    await screen.findByRole('menuitem', { name: new RegExp(example) }),
  );
}

describe('ConfigurationContent', () => {
  it('begins with the defaults, and says what is missing beside the snippet alone', async () => {
    await render();
    expect(configured()).toEqual({
      header: 'token',
      status: 403,
      dryRun: false,
    });
    expect(screen.getByRole('status')).toHaveTextContent(
      'One value is missing or wrong; the filter would refuse this configuration:',
    );
    expect(screen.getByRole('status')).toHaveTextContent('secret is missing');
    expect(screen.queryByText(/^Is missing/)).not.toBeInTheDocument();
  });

  it('changes the snippet as one types', async () => {
    await render();
    await userEvent.type(screen.getByLabelText(/secret/), 's3cr3t');
    await userEvent.click(screen.getByLabelText('dryRun'));
    expect(configured()).toEqual({
      secret: 's3cr3t',
      header: 'token',
      status: 403,
      dryRun: true,
    });
    expect(screen.getByRole('status')).toHaveTextContent(
      'The configuration fits the plugin’s schema.',
    );
    expect(screen.getByText(/in the clear/)).toHaveTextContent('shows secret');
  });

  it('says at the field what is wrong, and takes it back', async () => {
    await render();
    const status = screen.getByLabelText(/status/);
    await userEvent.clear(status);
    await userEvent.type(status, '200');
    const fault = await screen.findByText(/^Must be .*400/);
    expect(fault).toHaveAttribute('id', `${status.id}__error`);
    await userEvent.clear(status);
    await userEvent.type(status, '401');
    await waitFor(() =>
      expect(screen.queryByText(/^Must be .*400/)).not.toBeInTheDocument(),
    );
  });

  it('says that a field is missing after it was left empty', async () => {
    await render();
    await userEvent.click(screen.getByLabelText(/secret/));
    await userEvent.tab();
    expect(await screen.findByText(/^Is missing/)).toBeInTheDocument();
  });

  it('shows secrets as dots', async () => {
    await render();
    expect(screen.getByLabelText(/secret/)).toHaveAttribute('type', 'password');
  });

  it('fills the form from an example, and empties it again', async () => {
    await render();
    await pick('Another header');
    expect(configured()).toEqual({
      secret: 's3cr3t',
      header: 'x-token',
      status: 401,
      exempt: ['/healthz'],
    });
    expect(screen.getByLabelText(/header/)).toHaveValue('x-token');
    await pick('Defaults only');
    expect(configured()).toEqual({
      header: 'token',
      status: 403,
      dryRun: false,
    });
  });

  it('has a snippet for Envoy Gateway and one for Istio', async () => {
    await render();
    await pick('The least');
    await userEvent.click(screen.getByRole('tab', { name: 'Envoy Gateway' }));
    expect(
      parseAllDocuments(snippet()).map(document => document.toJS().kind),
    ).toContain('EnvoyExtensionPolicy');
    await userEvent.click(screen.getByRole('tab', { name: 'Istio' }));
    expect(
      parseAllDocuments(snippet()).map(document => document.toJS().kind),
    ).toContain('EnvoyFilter');
    expect(snippet()).toContain('s3cr3t');
  });

  it('copies the snippet with one click', async () => {
    const copied: string[] = [];
    Object.defineProperty(document, 'execCommand', {
      configurable: true,
      value: () => {
        copied.push(window.getSelection()?.toString() ?? '');
        return true;
      },
    });
    await render();
    await userEvent.click(
      screen.getByRole('button', { name: 'Copy the Envoy snippet' }),
    );
    expect(
      await screen.findByRole('button', { name: 'Copied the Envoy snippet' }),
    ).toHaveTextContent('Copied');
    expect(copied).toHaveLength(1);
  });

  it('documents the fields', async () => {
    await render();
    const table = screen.getByRole('table', {
      name: 'Fields of the configuration',
    });
    const secret = within(table).getByRole('row', { name: /secret/ });
    expect(secret).toHaveTextContent('required');
    expect(secret).toHaveTextContent('string');
    const status = within(table).getByRole('row', { name: /status/ });
    expect(status).toHaveTextContent('403');
    expect(status).toHaveTextContent('at least 400');
  });

  it('says so where there is nothing to configure, and still has a snippet', async () => {
    await render(sampleEntity('plain'));
    expect(screen.getByText('No configuration')).toBeInTheDocument();
    expect(snippet()).toContain('filter_name: plain');
    expect(screen.queryByRole('button', { name: 'Examples' })).toBeNull();
  });

  it('understands JSON Schema 2020-12', async () => {
    await render(
      sampleEntity('modern', {
        spec: {
          config: {
            schema: {
              $schema: 'https://json-schema.org/draft/2020-12/schema',
              type: 'object',
              $defs: { port: { type: 'integer', maximum: 65535 } },
              properties: {
                port: { $ref: '#/$defs/port', default: 80 },
                tls: { type: 'boolean', default: true },
                cert: { type: 'string' },
              },
              dependentRequired: { tls: ['cert'] },
              unevaluatedProperties: false,
            },
          },
        },
      }),
    );
    expect(screen.getByRole('status')).toHaveTextContent(/cert/);
    await userEvent.type(screen.getByLabelText(/port/), '00000');
    expect(await screen.findByText(/^Must be .*65535/)).toBeInTheDocument();
  });

  it('takes a configuration that is a text', async () => {
    await render(
      sampleEntity('textual', {
        spec: { config: { schema: { type: 'string', title: 'Rules' } } },
      }),
    );
    await userEvent.type(screen.getByLabelText('Rules'), 'allow all');
    expect(configured()).toBe('allow all');
  });

  it('is not held up by a regular expression made to hang it', async () => {
    await render(
      sampleEntity('evil', {
        spec: {
          config: {
            schema: {
              type: 'object',
              properties: {
                a: { type: 'string', pattern: '^(a+)+$' },
              },
            },
          },
        },
      }),
    );
    await userEvent.type(screen.getByLabelText('a'), `${'a'.repeat(40)}!`);
    expect(await screen.findByText(/^Must match/)).toBeInTheDocument();
  });

  it.each(['light', 'dark'] as const)(
    'has no accessibility faults in the %s theme',
    async theme => {
      const { container } = await render(tokenAuth, theme);
      await pick('Another header');
      await userEvent.clear(screen.getByLabelText(/status/));
      await userEvent.type(screen.getByLabelText(/status/), '1');
      await screen.findByText(/^Must be/);
      expect(
        await axe(container, {
          rules: { 'heading-order': { enabled: false } },
        }),
      ).toHaveNoViolations();
    },
  );
});
