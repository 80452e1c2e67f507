import { ThemeProvider } from '@material-ui/core/styles';
import { Route, Routes, useLocation, useNavigate } from 'react-router-dom';
import { signalApiRef } from '@backstage/plugin-signals-react';
import { scmAuthApiRef } from '@backstage/integration-react';
import type { ScmAuthApi } from '@backstage/integration-react';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import {
  TestApiProvider,
  mockApis,
  renderInTestApp,
} from '@backstage/test-utils';
import type { JsonObject } from '@backstage/types';
import { darkTheme, lightTheme } from '@backstage/theme';
import { configApiRef } from '@backstage/core-plugin-api';
import { SWRConfig } from 'swr';
import {
  envoyGoPluginsAdministrationApiRef,
  envoyGoPluginsBuildsApiRef,
  envoyGoPluginsManagementApiRef,
  envoyGoPluginsPublishingApiRef,
} from '../../api';
import {
  InMemoryEnvoyGoPluginsManagementApi,
  sampleManagement,
} from '../../management/__testUtils__';
import {
  InMemoryEnvoyGoPluginsBuildsApi,
  sampleBuilds,
} from '../../builds/__testUtils__';
import {
  InMemoryEnvoyGoPluginsPublishingApi,
  samplePublishing,
} from '../../publishing/__testUtils__';
import { rootRouteRef } from '../../routes';
import { AdministrationLink } from '../AdministrationLink';
import { NfsAdministrationPage } from '../AdministrationPage';
import type { InMemoryEnvoyGoPluginsAdministrationApi } from './InMemoryEnvoyGoPluginsAdministrationApi';

/** Signals of the backend, sent by hand. */
export class InMemorySignals {
  readonly #listeners = new Set<(signal: JsonObject) => void>();

  subscribe<T extends JsonObject>(
    _channel: string,
    onMessage: (message: T) => void,
  ) {
    const listener = (signal: JsonObject) => onMessage(signal as T);
    this.#listeners.add(listener);
    return {
      unsubscribe: () => {
        this.#listeners.delete(listener);
      },
    };
  }

  send(signal: JsonObject) {
    this.#listeners.forEach(listener => listener(signal));
  }
}

function Address() {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  return (
    <nav aria-label="Test controls">
      <span data-testid="address">{decodeURIComponent(pathname + search)}</span>
      <button onClick={() => navigate(-1)}>Go back</button>
    </nav>
  );
}

/** Renders the administrators' pages in an application, over data in memory. */
export async function renderAdministration(options: {
  api: InMemoryEnvoyGoPluginsAdministrationApi;
  /** What is built; samples by default. */
  builds?: InMemoryEnvoyGoPluginsBuildsApi;
  /** What is done to published plugins; nothing by default. */
  management?: InMemoryEnvoyGoPluginsManagementApi;
  /** Below `/envoy-go-plugins/admin`. */
  at?: string;
  theme?: 'light' | 'dark';
  /** Whether the reader is an administrator. Default true. */
  administrator?: boolean;
  scmAuth?: ScmAuthApi;
  signals?: InMemorySignals;
  config?: JsonObject;
}) {
  const { api, at = '', theme = 'light', administrator = true } = options;
  const { signals, config = {} } = options;
  const scmAuth: ScmAuthApi = options.scmAuth ?? {
    getCredentials: async () => ({ token: 'of-admin', headers: {} }),
  };
  return renderInTestApp(
    <SWRConfig value={{ provider: () => new Map() }}>
      <TestApiProvider
        apis={[
          [envoyGoPluginsAdministrationApiRef, api],
          [
            envoyGoPluginsPublishingApiRef,
            new InMemoryEnvoyGoPluginsPublishingApi(samplePublishing()),
          ],
          [
            envoyGoPluginsBuildsApiRef,
            options.builds ??
              new InMemoryEnvoyGoPluginsBuildsApi(sampleBuilds()),
          ],
          [
            envoyGoPluginsManagementApiRef,
            options.management ??
              new InMemoryEnvoyGoPluginsManagementApi({
                management: sampleManagement(),
              }),
          ],
          [configApiRef, mockApis.config({ data: config })],
          [scmAuthApiRef, scmAuth],
          ...(signals ? ([[signalApiRef, signals]] as const) : []),
          [
            permissionApiRef,
            mockApis.permission({
              authorize: administrator
                ? AuthorizeResult.ALLOW
                : AuthorizeResult.DENY,
            }),
          ],
        ]}
      >
        <ThemeProvider theme={theme === 'dark' ? darkTheme : lightTheme}>
          <Address />
          <Routes>
            <Route
              path="/envoy-go-plugins/admin/*"
              element={<NfsAdministrationPage />}
            />
            <Route path="/envoy-go-plugins" element={<AdministrationLink />} />
          </Routes>
        </ThemeProvider>
      </TestApiProvider>
    </SWRConfig>,
    {
      routeEntries: [
        at.startsWith('/envoy-go-plugins')
          ? at
          : `/envoy-go-plugins/admin${at}`,
      ],
      mountedRoutes: {
        '/envoy-go-plugins': rootRouteRef,
        '/catalog/:namespace/:kind/:name': entityRouteRef,
      },
    },
  );
}
