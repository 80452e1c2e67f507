import { ThemeProvider } from '@material-ui/core/styles';
import { Route, Routes, useLocation } from 'react-router-dom';
import { configApiRef, identityApiRef } from '@backstage/core-plugin-api';
import { scmAuthApiRef } from '@backstage/integration-react';
import type { ScmAuthApi } from '@backstage/integration-react';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import { signalApiRef } from '@backstage/plugin-signals-react';
import {
  TestApiProvider,
  mockApis,
  renderInTestApp,
} from '@backstage/test-utils';
import { darkTheme, lightTheme } from '@backstage/theme';
import { SWRConfig } from 'swr';
import {
  envoyGoPluginsAdministrationApiRef,
  envoyGoPluginsPublishingApiRef,
} from '../../api';
import {
  InMemoryEnvoyGoPluginsAdministrationApi,
  sampleAdministration,
} from '../../administration/__testUtils__';
import { NfsAdministrationPage } from '../../administration';
import type { InMemorySignals } from '../../__testUtils__';
import { rootRouteRef } from '../../routes';
import { NfsPublishingPage } from '../PublishingPage';
import type { InMemoryEnvoyGoPluginsPublishingApi } from './InMemoryEnvoyGoPluginsPublishingApi';

function Address() {
  const { pathname, search } = useLocation();
  return (
    <nav aria-label="Test controls">
      <span data-testid="address">{decodeURIComponent(pathname + search)}</span>
    </nav>
  );
}

/** Renders the pages about publishing and administrators' in an application, over data in memory. */
export async function renderPublishing(options: {
  api: InMemoryEnvoyGoPluginsPublishingApi;
  /** Below `/envoy-go-plugins`. Default `/publish`. */
  at?: string;
  theme?: 'light' | 'dark';
  /** Whether the reader may publish and administer. Default true. */
  allowed?: boolean;
  /** `undefined` for a portal that gives no tokens. */
  scmAuth?: ScmAuthApi;
  signals?: InMemorySignals;
}) {
  const { api, at = '/publish', theme = 'light', allowed = true } = options;
  const { scmAuth, signals } = options;
  return renderInTestApp(
    <SWRConfig value={{ provider: () => new Map() }}>
      <TestApiProvider
        apis={[
          [envoyGoPluginsPublishingApiRef, api],
          [
            envoyGoPluginsAdministrationApiRef,
            new InMemoryEnvoyGoPluginsAdministrationApi(sampleAdministration()),
          ],
          [configApiRef, mockApis.config()],
          [identityApiRef, mockApis.identity({ userEntityRef: api.state.me })],
          ...(scmAuth ? ([[scmAuthApiRef, scmAuth]] as const) : []),
          ...(signals ? ([[signalApiRef, signals]] as const) : []),
          [
            permissionApiRef,
            mockApis.permission({
              authorize: allowed ? AuthorizeResult.ALLOW : AuthorizeResult.DENY,
            }),
          ],
        ]}
      >
        <ThemeProvider theme={theme === 'dark' ? darkTheme : lightTheme}>
          <Address />
          <Routes>
            <Route
              path="/envoy-go-plugins/publish/*"
              element={<NfsPublishingPage />}
            />
            <Route
              path="/envoy-go-plugins/admin/*"
              element={<NfsAdministrationPage />}
            />
          </Routes>
        </ThemeProvider>
      </TestApiProvider>
    </SWRConfig>,
    {
      routeEntries: [`/envoy-go-plugins${at}`],
      mountedRoutes: {
        '/envoy-go-plugins': rootRouteRef,
        '/catalog/:namespace/:kind/:name': entityRouteRef,
      },
    },
  );
}
