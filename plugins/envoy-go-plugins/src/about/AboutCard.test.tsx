import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import {
  InMemoryEnvoyGoPluginsApi,
  sampleEntity,
  samplePlugin,
  samplePlugins,
} from '../__testUtils__';
import { renderWithApi } from '../__testUtils__/renderWithApi';
import { AboutCard } from './AboutCard';

function fact(term: string) {
  return screen.getByText(term).parentElement;
}

describe('AboutCard', () => {
  const plugins = samplePlugins();
  const tokenAuth = plugins[0].details.entity;
  let api: InMemoryEnvoyGoPluginsApi;

  beforeEach(() => {
    api = new InMemoryEnvoyGoPluginsApi({ plugins });
  });

  it('says what the plugin is and what GitHub says of it', async () => {
    await renderWithApi(<AboutCard />, { api, entity: tokenAuth });
    expect(await screen.findByText(/v1\.4\.0/)).toBeInTheDocument();
    expect(fact('Category')).toHaveTextContent('authn');
    expect(fact('Runtime')).toHaveTextContent('dynamic module');
    expect(fact('Filter name')).toHaveTextContent('token-auth');
    expect(fact('Claims Envoy')).toHaveTextContent('>=1.38(1.38–1.40)');
    expect(fact('Stars')).toHaveTextContent('42');
    expect(fact('Licence')).toHaveTextContent('Apache-2.0');
    expect(
      screen.getByRole('link', { name: /envoy-plugins\/token-auth/ }),
    ).toHaveAttribute(
      'href',
      'https://github.example/envoy-plugins/token-auth',
    );
    expect(screen.getByText(/^as of/)).toBeInTheDocument();
    expect(screen.getByText('verified')).toBeInTheDocument();
  });

  it('calls no plugin verified whose latest release was not proven', async () => {
    const headerAuth = plugins.find(
      ({ details }) => details.name === 'header-auth',
    )!;
    await renderWithApi(<AboutCard />, {
      api,
      entity: headerAuth.details.entity,
    });
    expect(await screen.findByText(/v0\.3\.0/)).toBeInTheDocument();
    expect(document.body).not.toHaveTextContent(/verified|passed|proven/);
  });

  it('leads to the configuration and to the plugins that its order names', async () => {
    await renderWithApi(<AboutCard />, { api, entity: tokenAuth });
    expect(
      screen.getByRole('button', { name: 'Use this plugin' }),
    ).toHaveAttribute(
      'href',
      '/catalog/default/envoygoplugin/token-auth/configuration',
    );
    expect(
      screen.getByRole('link', { name: /body-transform/ }),
    ).toHaveAttribute('href', '/catalog/default/envoygoplugin/body-transform');
    expect(fact('Conflicts with')).toHaveTextContent('header-auth');
  });

  it('shows the catalog’s part while GitHub’s is on its way', async () => {
    const release = api.hold();
    await renderWithApi(<AboutCard />, { api, entity: tokenAuth });
    expect(fact('Category')).toHaveTextContent('authn');
    expect(fact('Stars')).not.toHaveTextContent(/\d/);
    await act(async () => release());
    expect(await screen.findByText(/v1\.4\.0/)).toBeInTheDocument();
  });

  it('says what is not known yet', async () => {
    await renderWithApi(<AboutCard />, {
      api,
      entity: plugins[4].details.entity,
    });
    expect(await screen.findByText('none yet')).toBeInTheDocument();
    expect(fact('Stars')).toHaveTextContent('not known yet');
    expect(fact('Repository')).toHaveTextContent(
      'envoy-plugins/body-transform',
    );
  });

  it('says why what it shows is old', async () => {
    const entity = sampleEntity('old-news');
    api = new InMemoryEnvoyGoPluginsApi({
      plugins: [
        samplePlugin(entity, {
          staleReason: 'GitHub did not answer for 30 s.',
        }),
      ],
    });
    await renderWithApi(<AboutCard />, { api, entity });
    expect(
      await screen.findByText(/GitHub did not answer for 30 s\./),
    ).toHaveTextContent(/Shown is what was known/);
  });

  it('keeps the catalog’s part when the rest fails, and tries again', async () => {
    api.failWith(new TypeError('Failed to fetch'));
    await renderWithApi(<AboutCard />, { api, entity: tokenAuth });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The portal’s backend did not answer.',
    );
    expect(fact('Category')).toHaveTextContent('authn');
    api.failWith(undefined);
    await userEvent.click(screen.getByRole('button', { name: 'Retry' }));
    expect(await screen.findByText(/v1\.4\.0/)).toBeInTheDocument();
  });

  it.each(['light', 'dark'] as const)(
    'has no accessibility faults in the %s theme',
    async theme => {
      const { container } = await renderWithApi(<AboutCard />, {
        api,
        entity: tokenAuth,
        theme,
      });
      await screen.findByText(/v1\.4\.0/);
      expect(await axe(container)).toHaveNoViolations();
    },
  );
});
