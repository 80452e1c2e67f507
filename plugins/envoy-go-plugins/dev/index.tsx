import { createRoot } from 'react-dom/client';
import '@backstage/cli/asset-types';
import './styles.css';
import { InMemoryCatalogClient } from '@backstage/catalog-client/testUtils';
import { ConfigReader } from '@backstage/core-app-api';
import { createApp } from '@backstage/frontend-defaults';
import {
  ApiBlueprint,
  createFrontendModule,
} from '@backstage/frontend-plugin-api';
import { scmAuthApiRef } from '@backstage/integration-react';
import { signalApiRef } from '@backstage/plugin-signals-react';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import envoyGoPlugins from '../src/alpha';
import {
  InMemoryEnvoyGoPluginsAdministrationApi,
  sampleAdministration,
} from '../src/administration/__testUtils__';
import {
  envoyGoPluginsAdministrationApiRef,
  envoyGoPluginsApiRef,
  envoyGoPluginsBuildsApiRef,
  envoyGoPluginsPublishingApiRef,
} from '../src/api';
import {
  InMemoryEnvoyGoPluginsBuildsApi,
  sampleBuilds,
} from '../src/builds/__testUtils__';
import {
  CHECK_TITLES,
  InMemoryEnvoyGoPluginsPublishingApi,
  sampleCheck,
  samplePublishing,
} from '../src/publishing/__testUtils__';
import {
  InMemoryEnvoyGoPluginsApi,
  InMemorySignals,
  samplePlugins,
} from '../src/__testUtils__';

const plugins = samplePlugins();
const api = new InMemoryEnvoyGoPluginsApi({ plugins });
const signals = new InMemorySignals();
const publishing = new InMemoryEnvoyGoPluginsPublishingApi(samplePublishing());
publishing.onChange = requestId =>
  signals.send({ type: 'publish-request-changed', requestId });

const builds = new InMemoryEnvoyGoPluginsBuildsApi(sampleBuilds());
builds.onChange = buildId => signals.send({ type: 'build-changed', buildId });

/** How often the runner here logs, in milliseconds. */
const LOG_MS = 700;

/** What a runner does: logs lines of the step that runs. */
setInterval(() => {
  for (const { id, state, steps } of builds.state.builds) {
    const step = steps.find(one => one.state === 'running');
    if (state === 'building' && step) {
      builds.log(
        id,
        step.name,
        `${new Date().toISOString()} \u001b[36minfo\u001b[0m case passed`,
      );
    }
  }
}, LOG_MS);

/** How long a check takes here, in milliseconds. */
const CHECK_MS = 900;

/** What the backend's worker does: ends the next check of every request whose checks run. */
setInterval(() => {
  for (const { id, state, checkResults } of publishing.state.requests) {
    const next = checkResults.find(({ outcome }) => !outcome);
    if (state === 'checking' && next) {
      publishing.finishCheck(
        id,
        sampleCheck(
          next.checkId,
          Object.keys(CHECK_TITLES).indexOf(next.checkId) > 6
            ? 'could-not-run'
            : 'passed',
        ),
      );
    }
  }
}, CHECK_MS);

/**
 * What GitHub would tell the portal, from the browser's console:
 * `envoyGoPlugins.api.change(…); envoyGoPlugins.signals.send({ type: 'plugin-changed', … })`.
 */
Object.assign(window, { envoyGoPlugins: { api, builds, publishing, signals } });

/** The plugin's pages over plugins in memory: `yarn start` in this folder, no backend needed. */
const app = createApp({
  advanced: {
    configLoader: async () => ({
      config: new ConfigReader({
        app: {
          title: 'Envoy Go Plugins',
          baseUrl: window.location.origin,
          extensions: [
            { 'sign-in-page:app': false },
            'entity-card:envoy-go-plugins/about',
            'entity-card:envoy-go-plugins/proofs',
            'entity-card:envoy-go-plugins/source',
            'entity-card:envoy-go-plugins/readme',
            { 'entity-card:catalog/about': false },
          ],
        },
        backend: { baseUrl: window.location.origin },
      }),
    }),
  },
  features: [
    catalogPlugin,
    envoyGoPlugins,
    createFrontendModule({
      pluginId: 'envoy-go-plugins',
      extensions: [
        ApiBlueprint.make({
          name: 'administration',
          params: defineParams =>
            defineParams({
              api: envoyGoPluginsAdministrationApiRef,
              deps: {},
              factory: () =>
                new InMemoryEnvoyGoPluginsAdministrationApi(
                  sampleAdministration(),
                ),
            }),
        }),
        ApiBlueprint.make({
          name: 'builds',
          params: defineParams =>
            defineParams({
              api: envoyGoPluginsBuildsApiRef,
              deps: {},
              factory: () => builds,
            }),
        }),
        ApiBlueprint.make({
          name: 'publishing',
          params: defineParams =>
            defineParams({
              api: envoyGoPluginsPublishingApiRef,
              deps: {},
              factory: () => publishing,
            }),
        }),
        ApiBlueprint.make({
          params: defineParams =>
            defineParams({
              api: envoyGoPluginsApiRef,
              deps: {},
              factory: () => api,
            }),
        }),
      ],
    }),
    createFrontendModule({
      pluginId: 'app',
      extensions: [
        ApiBlueprint.make({
          name: 'scm-auth',
          params: defineParams =>
            defineParams({
              api: scmAuthApiRef,
              deps: {},
              factory: () => ({
                getCredentials: async () => ({
                  token: 'of-nobody',
                  headers: {},
                }),
              }),
            }),
        }),
        ApiBlueprint.make({
          name: 'signals',
          params: defineParams =>
            defineParams({
              api: signalApiRef,
              deps: {},
              factory: () => signals,
            }),
        }),
      ],
    }),
    createFrontendModule({
      pluginId: 'catalog',
      extensions: [
        ApiBlueprint.make({
          params: defineParams =>
            defineParams({
              api: catalogApiRef,
              deps: {},
              factory: () =>
                new InMemoryCatalogClient({
                  entities: plugins.map(plugin => plugin.details.entity),
                }),
            }),
        }),
      ],
    }),
  ],
});

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(app.createRoot());
}
