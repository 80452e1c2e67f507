import type { ReactElement } from 'react';
import { ThemeProvider } from '@material-ui/core/styles';
import { useLocation, useNavigate } from 'react-router-dom';
import { SWRConfig } from 'swr';
import { discoveryApiRef } from '@backstage/core-plugin-api';
import { darkTheme, lightTheme } from '@backstage/theme';
import {
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import { signalApiRef } from '@backstage/plugin-signals-react';
import { scmAuthApiRef } from '@backstage/integration-react';
import type { ScmAuthApi } from '@backstage/integration-react';
import {
  TestApiProvider,
  mockApis,
  renderInTestApp,
} from '@backstage/test-utils';
import type { EnvoyGoPluginEntity } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { envoyGoPluginsApiRef, envoyGoPluginsBuildsApiRef } from '../api';
import { InMemoryEnvoyGoPluginsBuildsApi } from '../builds/__testUtils__/InMemoryEnvoyGoPluginsBuildsApi';
import {
  createFromTemplateRouteRef,
  registerPluginRouteRef,
  rootRouteRef,
} from '../routes';
import type { InMemoryEnvoyGoPluginsApi } from './InMemoryEnvoyGoPluginsApi';
import type { InMemorySignals } from './InMemorySignals';

/** Where the application is and how to go back, for tests that look at addresses. */
function Address() {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  return (
    <nav aria-label="Test controls">
      <span data-testid="address">{decodeURIComponent(pathname + search)}</span>
      <button onClick={() => navigate(-1)}>Go back</button>
      <button onClick={() => navigate(1)}>Go forward</button>
    </nav>
  );
}

/** Renders a piece of the plugin in an application, over plugins in memory. */
export async function renderWithApi(
  element: ReactElement,
  options: {
    api: InMemoryEnvoyGoPluginsApi;
    /** What was built; by default nothing. */
    builds?: InMemoryEnvoyGoPluginsBuildsApi;
    /** The address to begin at. */
    at?: string;
    /** The plugin on whose entity page the piece stands. */
    entity?: EnvoyGoPluginEntity;
    theme?: 'light' | 'dark';
    /** Whether the reader may register entities. Default true. */
    mayRegister?: boolean;
    /** What the portal sends to open pages; without it the portal has no signals. */
    signals?: InMemorySignals;
    /** Who hands out the reader's tokens; without it the portal has nobody. */
    scmAuth?: ScmAuthApi;
    /** Whether the portal has a scaffolder and a catalog import. Default true. */
    withCreation?: boolean;
  },
) {
  const { api, at = '/', entity, theme = 'light', signals } = options;
  const builds =
    options.builds ??
    new InMemoryEnvoyGoPluginsBuildsApi({
      builds: [],
      logs: {},
      runners: [],
      versions: {},
    });
  const { scmAuth, mayRegister = true, withCreation = true } = options;
  const permissions = mockApis.permission({
    authorize: mayRegister ? AuthorizeResult.ALLOW : AuthorizeResult.DENY,
  });
  return renderInTestApp(
    <TestApiProvider
      apis={[
        [envoyGoPluginsApiRef, api],
        [envoyGoPluginsBuildsApiRef, builds],
        [permissionApiRef, permissions],
        [discoveryApiRef, mockApis.discovery()],
        ...(signals ? [[signalApiRef, signals] as const] : []),
        ...(scmAuth ? [[scmAuthApiRef, scmAuth] as const] : []),
      ]}
    >
      <SWRConfig value={{ provider: () => new Map() }}>
        <ThemeProvider theme={theme === 'dark' ? darkTheme : lightTheme}>
          <Address />
          {entity ? (
            <EntityProvider entity={entity}>{element}</EntityProvider>
          ) : (
            element
          )}
        </ThemeProvider>
      </SWRConfig>
    </TestApiProvider>,
    {
      routeEntries: [at],
      mountedRoutes: {
        '/envoy-go-plugins': rootRouteRef,
        '/catalog/:namespace/:kind/:name': entityRouteRef,
        ...(withCreation && {
          '/create/templates/:namespace/:templateName':
            createFromTemplateRouteRef,
          '/catalog-import': registerPluginRouteRef,
        }),
      },
    },
  );
}
