import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import { InMemoryCatalogClient } from '@backstage/catalog-client/testUtils';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { TestApiProvider } from '@backstage/test-utils';
import type { EnvoyGoPluginEntity } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  InMemoryEnvoyGoPluginsApi,
  InMemorySignals,
  sampleEntity,
  samplePlugin,
} from '../__testUtils__';
import { backendFailure } from '../__testUtils__/backendFailure';
import { renderWithApi } from '../__testUtils__/renderWithApi';
import { envoyGoPluginsManagementApiRef } from '../api';
import { AboutCard } from '../about';
import { ManagementCard, VersionActions } from '.';
import {
  InMemoryEnvoyGoPluginsManagementApi,
  sampleManagement,
  sampleOperation,
} from './__testUtils__';

const entity = sampleEntity('token-auth', {
  metadata: { title: 'Token auth' },
});
const locator = { namespace: 'default', name: 'token-auth' };

const catalog = new InMemoryCatalogClient({
  entities: [
    {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Group',
      metadata: { name: 'edge', namespace: 'default' },
      spec: { profile: { displayName: 'Edge team' } },
    },
    sampleEntity('header-auth', { metadata: { title: 'Header auth' } }),
    entity,
  ],
});

async function render(
  management: InMemoryEnvoyGoPluginsManagementApi,
  element = <ManagementCard />,
  of: EnvoyGoPluginEntity = entity,
) {
  const signals = new InMemorySignals();
  const rendered = await renderWithApi(
    <TestApiProvider
      apis={[
        [envoyGoPluginsManagementApiRef, management],
        [catalogApiRef, catalog],
      ]}
    >
      {element}
    </TestApiProvider>,
    {
      api: new InMemoryEnvoyGoPluginsApi({ plugins: [samplePlugin(of)] }),
      entity: of,
      signals,
    },
  );
  return { ...rendered, signals };
}

describe('the card about managing a plugin', () => {
  it('offers what the reader may do, and nothing to those who may do nothing', async () => {
    const owners = await render(
      new InMemoryEnvoyGoPluginsManagementApi({
        management: sampleManagement({
          allowedActions: ['deprecate', 'yank', 'rebuild'],
        }),
      }),
    );
    expect(
      await screen.findByRole('button', { name: 'Deprecate …' }),
    ).toBeInTheDocument();
    expect(
      screen.queryByRole('button', { name: 'Unpublish …' }),
    ).not.toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'in their rows' })).toHaveAttribute(
      'href',
      '/catalog/default/envoygoplugin/token-auth/versions',
    );
    owners.unmount();

    await render(
      new InMemoryEnvoyGoPluginsManagementApi({
        management: sampleManagement({ allowedActions: [] }),
      }),
      <>
        <ManagementCard />
        <p>The rest of the page</p>
      </>,
    );
    expect(await screen.findByText('The rest of the page')).toBeInTheDocument();
    expect(screen.queryByText('Management')).not.toBeInTheDocument();
  });

  it('changes the owner to one that is chosen from the catalog, with a reason', async () => {
    const api = new InMemoryEnvoyGoPluginsManagementApi({
      management: sampleManagement(),
    });
    await render(api);
    await userEvent.click(
      await screen.findByRole('button', { name: 'Change owner …' }),
    );
    const dialog = within(
      await screen.findByRole('dialog', {
        name: 'Change the owner of Token auth',
      }),
    );
    const confirm = dialog.getByRole('button', { name: 'Change owner' });
    expect(confirm).toBeDisabled();
    await userEvent.type(
      dialog.getByRole('textbox', { name: /New owner/ }),
      'edge',
    );
    await userEvent.click(await screen.findByText('Edge team'));
    expect(confirm).toBeDisabled();
    await userEvent.type(
      dialog.getByRole('textbox', { name: /Reason/ }),
      'They look after it',
    );
    await userEvent.click(confirm);
    await waitFor(() =>
      expect(api.calls).toEqual([
        {
          method: 'changeOwner',
          given: {
            ...locator,
            owner: 'group:default/edge',
            reason: 'They look after it',
          },
        },
      ]),
    );
    expect(
      await screen.findByRole('article', {
        name: 'Make group:default/edge the owner',
      }),
    ).toHaveTextContent('Running …');
  });

  it('says beside the field what is wrong with it', async () => {
    const api = new InMemoryEnvoyGoPluginsManagementApi({
      management: sampleManagement(),
    });
    await render(api);
    api.refuse(
      await backendFailure(
        400,
        'Field "to" of the body: there is nobody "joo" on github.com',
      ),
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Unpublish …' }),
    );
    const dialog = within(await screen.findByRole('dialog'));
    const to = dialog.getByRole('textbox', { name: /GitHub account/ });
    expect(to).toHaveValue('jo');
    await userEvent.type(to, 'o');
    await userEvent.type(
      dialog.getByRole('textbox', { name: /Reason/ }),
      'Its author wants it',
    );
    await userEvent.click(dialog.getByRole('button', { name: 'Unpublish' }));
    expect(await dialog.findByRole('alert')).toHaveTextContent(
      'There is nobody "joo" on github.com.',
    );
    expect(to).toBeInvalid();
    await userEvent.type(to, '{Backspace}');
    expect(to).toBeValid();
    await userEvent.click(dialog.getByRole('button', { name: 'Unpublish' }));
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
  });

  it('says why the backend refused, and keeps what was typed', async () => {
    const api = new InMemoryEnvoyGoPluginsManagementApi({
      management: sampleManagement(),
    });
    await render(api);
    api.refuse(
      await backendFailure(
        409,
        'Something is being done to token-auth already',
      ),
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Deprecate …' }),
    );
    const dialog = within(await screen.findByRole('dialog'));
    const reason = dialog.getByRole('textbox', { name: /Reason/ });
    await userEvent.type(reason, 'Slow');
    await userEvent.click(dialog.getByRole('button', { name: 'Deprecate' }));
    expect(await dialog.findByRole('alert')).toHaveTextContent(
      'Something is being done to token-auth already.',
    );
    expect(reason).toHaveValue('Slow');
  });

  it('follows an operation step by step, and tries again what failed', async () => {
    const api = new InMemoryEnvoyGoPluginsManagementApi({
      management: sampleManagement({
        operations: [sampleOperation({ state: 'running' })],
      }),
    });
    const { signals, container } = await render(api);
    const operation = await screen.findByRole('article', {
      name: 'Deprecate it',
    });
    expect(operation).toHaveTextContent('Made the branch for it');
    expect(
      screen.getByRole('button', { name: 'Change owner …' }),
    ).toBeDisabled();
    api.end('failed', 'GitHub does not let the portal in');
    await act(async () =>
      signals.send({ type: 'management-changed', operationId: 'any' }),
    );
    expect(
      await within(operation).findByText('GitHub does not let the portal in'),
    ).toBeInTheDocument();
    expect(await axe(container)).toHaveNoViolations();
    await userEvent.click(
      within(operation).getByRole('button', { name: 'Try again' }),
    );
    await waitFor(() => expect(operation).toHaveTextContent('Running …'));
    expect(api.calls.map(({ method }) => method)).toEqual(['retryOperation']);
  });

  it('folds away what is over', async () => {
    await render(
      new InMemoryEnvoyGoPluginsManagementApi({
        management: sampleManagement({
          operations: ['First', 'Second', 'Third'].map(title =>
            sampleOperation({ title }),
          ),
        }),
      }),
    );
    expect(
      await screen.findByRole('article', { name: 'First' }),
    ).not.toHaveTextContent('Made the branch');
    expect(
      screen.queryByRole('article', { name: 'Third' }),
    ).not.toBeInTheDocument();
    await userEvent.click(
      screen.getByRole('button', { name: 'Show 1 earlier' }),
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'Steps of “Third”' }),
    );
    expect(screen.getByRole('article', { name: 'Third' })).toHaveTextContent(
      'Made the branch',
    );
  });
});

describe('the menu of a version', () => {
  it('yanks with a reason, having said what happens', async () => {
    const api = new InMemoryEnvoyGoPluginsManagementApi({
      management: sampleManagement(),
    });
    await render(
      api,
      <VersionActions plugin={locator} version={{ version: '1.4.0' }} />,
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Manage version 1.4.0' }),
    );
    await userEvent.click(
      await screen.findByRole('menuitem', { name: 'Yank …' }),
    );
    const dialog = within(
      await screen.findByRole('dialog', { name: 'Yank version 1.4.0' }),
    );
    expect(dialog.getByText(/nothing is deleted/)).toBeInTheDocument();
    await userEvent.type(
      dialog.getByRole('textbox', { name: /Reason/ }),
      'Lets everybody in',
    );
    await userEvent.click(dialog.getByRole('button', { name: 'Yank' }));
    await waitFor(() =>
      expect(api.calls).toEqual([
        {
          method: 'yankVersion',
          given: { ...locator, version: '1.4.0', reason: 'Lets everybody in' },
        },
      ]),
    );
  });

  it('rebuilds, also what is yanked, which is not yanked again', async () => {
    const api = new InMemoryEnvoyGoPluginsManagementApi({
      management: sampleManagement(),
    });
    await render(
      api,
      <VersionActions
        plugin={locator}
        version={{ version: '1.4.0', yanked: { at: '2026-11-20T10:00:00Z' } }}
      />,
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Manage version 1.4.0' }),
    );
    expect(
      screen.queryByRole('menuitem', { name: 'Yank …' }),
    ).not.toBeInTheDocument();
    await userEvent.click(
      await screen.findByRole('menuitem', { name: 'Rebuild …' }),
    );
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.type(
      dialog.getByRole('textbox', { name: /Reason/ }),
      'A new Envoy',
    );
    await userEvent.click(dialog.getByRole('button', { name: 'Rebuild' }));
    await waitFor(() =>
      expect(api.calls.map(({ method }) => method)).toEqual(['rebuildVersion']),
    );
  });

  it('is not there for those who may do nothing', async () => {
    await render(
      new InMemoryEnvoyGoPluginsManagementApi({
        management: sampleManagement({ allowedActions: [] }),
      }),
      <>
        <VersionActions plugin={locator} version={{ version: '1.4.0' }} />
        <p>The rest</p>
      </>,
    );
    expect(await screen.findByText('The rest')).toBeInTheDocument();
    expect(
      screen.queryByRole('button', { name: /Manage version/ }),
    ).not.toBeInTheDocument();
  });
});

describe('the page of a deprecated plugin', () => {
  it('says why, and leads to its successor', async () => {
    const deprecated: EnvoyGoPluginEntity = {
      ...entity,
      spec: {
        ...entity.spec,
        lifecycle: 'deprecated',
        deprecation: {
          reason: 'It is slow',
          successor: 'envoygoplugin:default/header-auth',
        },
      },
    };
    await render(
      new InMemoryEnvoyGoPluginsManagementApi({
        management: sampleManagement({ allowedActions: [] }),
      }),
      <AboutCard />,
      deprecated,
    );
    const note = await screen.findByRole('note');
    expect(note).toHaveTextContent(/Deprecated\. It is slow\. Use/);
    expect(within(note).getByRole('link')).toHaveAttribute(
      'href',
      '/catalog/default/envoygoplugin/header-auth',
    );
  });
});
