import { createValidatedOpenApiRouterFromGeneratedEndpointMap } from '@backstage/backend-openapi-utils';
import type { HttpAuthService } from '@backstage/backend-plugin-api';
import type {
  AsOf,
  PluginDetails,
  PluginDiscussion,
  PluginList,
  PluginLocator,
  PluginQuery,
  PluginReadme,
  PluginRelease,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Router } from 'express';
import type { MarketplaceService } from '../marketplace';
import { explainBadRequest } from './explainBadRequest';
import { readOpenApiSpec } from './openApiSpec';

/** What `openapi.yaml` says, in TypeScript: `q` is called `text` in a query. */
type Endpoints = {
  '#get|/plugins': {
    query: Omit<PluginQuery, 'text'> & { q?: string };
    response: PluginList;
  };
  '#get|/plugins/{namespace}/{name}': {
    path: PluginLocator;
    response: PluginDetails;
  };
  '#get|/plugins/{namespace}/{name}/readme': {
    path: PluginLocator;
    response: AsOf<PluginReadme | undefined>;
  };
  '#get|/plugins/{namespace}/{name}/releases': {
    path: PluginLocator;
    response: AsOf<PluginRelease[]>;
  };
  '#get|/plugins/{namespace}/{name}/discussions': {
    path: PluginLocator;
    response: AsOf<PluginDiscussion[]>;
  };
};

/** The HTTP API, as `openapi.yaml` describes it. */
export function createRouter(options: {
  marketplace: MarketplaceService;
  httpAuth: HttpAuthService;
  /** Also checks what is answered; for tests. */
  validateResponses?: boolean;
}): Router {
  const { marketplace, httpAuth, validateResponses = false } = options;
  const spec = readOpenApiSpec();
  const router =
    createValidatedOpenApiRouterFromGeneratedEndpointMap<Endpoints>(spec, {
      validatorOptions: { validateResponses },
    });
  router.use(explainBadRequest(spec));

  const onBehalfOf = async (
    request: Parameters<HttpAuthService['credentials']>[0],
  ) => ({
    credentials: await httpAuth.credentials(request, {
      allow: ['user', 'service'],
    }),
  });

  router.get('/plugins', async (req, res) => {
    const { q: text, ...query } = req.query;
    res.json(
      await marketplace.listPlugins({ ...query, text }, await onBehalfOf(req)),
    );
  });
  router.get('/plugins/:namespace/:name', async (req, res) => {
    res.json(await marketplace.getPlugin(req.params, await onBehalfOf(req)));
  });
  router.get('/plugins/:namespace/:name/readme', async (req, res) => {
    res.json(await marketplace.getReadme(req.params, await onBehalfOf(req)));
  });
  router.get('/plugins/:namespace/:name/releases', async (req, res) => {
    res.json(await marketplace.getReleases(req.params, await onBehalfOf(req)));
  });
  router.get('/plugins/:namespace/:name/discussions', async (req, res) => {
    res.json(
      await marketplace.getDiscussions(req.params, await onBehalfOf(req)),
    );
  });
  return router;
}
