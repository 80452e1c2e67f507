import { ThemeProvider } from '@material-ui/core/styles';
import { Route, Routes, useLocation } from 'react-router-dom';
import { SWRConfig } from 'swr';
import { darkTheme, lightTheme } from '@backstage/theme';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import { signalApiRef } from '@backstage/plugin-signals-react';
import {
  TestApiProvider,
  mockApis,
  renderInTestApp,
} from '@backstage/test-utils';
import { envoyGoPluginsBuildsApiRef } from '../../api';
import { rootRouteRef } from '../../routes';
import type { InMemorySignals } from '../../__testUtils__/InMemorySignals';
import { NfsBuildsPage } from '../BuildsPage';
import type { InMemoryEnvoyGoPluginsBuildsApi } from './InMemoryEnvoyGoPluginsBuildsApi';

function Address() {
  const { pathname, search, hash } = useLocation();
  return (
    <nav aria-label="Test controls">
      <span data-testid="address">
        {decodeURIComponent(pathname + search + hash)}
      </span>
    </nav>
  );
}

/** Renders the page of a build in an application, over builds in memory. */
export async function renderBuild(options: {
  api: InMemoryEnvoyGoPluginsBuildsApi;
  /** Below `/envoy-go-plugins/builds`. */
  at: string;
  signals?: InMemorySignals;
  theme?: 'light' | 'dark';
  /** Whether the reader is an administrator. Default true. */
  administrator?: boolean;
}) {
  const { api, at, signals, theme = 'light', administrator = true } = options;
  return renderInTestApp(
    <SWRConfig value={{ provider: () => new Map() }}>
      <TestApiProvider
        apis={[
          [envoyGoPluginsBuildsApiRef, api],
          [
            permissionApiRef,
            mockApis.permission({
              authorize: administrator
                ? AuthorizeResult.ALLOW
                : AuthorizeResult.DENY,
            }),
          ],
          ...(signals ? ([[signalApiRef, signals]] as const) : []),
        ]}
      >
        <ThemeProvider theme={theme === 'dark' ? darkTheme : lightTheme}>
          <Address />
          <Routes>
            <Route
              path="/envoy-go-plugins/builds/*"
              element={<NfsBuildsPage />}
            />
            <Route path="*" element={<>elsewhere</>} />
          </Routes>
        </ThemeProvider>
      </TestApiProvider>
    </SWRConfig>,
    {
      routeEntries: [`/envoy-go-plugins/builds${at}`],
      mountedRoutes: {
        '/envoy-go-plugins': rootRouteRef,
        '/catalog/:namespace/:kind/:name': entityRouteRef,
      },
    },
  );
}
