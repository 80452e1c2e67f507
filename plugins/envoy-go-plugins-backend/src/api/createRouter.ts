import { createValidatedOpenApiRouterFromGeneratedEndpointMap } from '@backstage/backend-openapi-utils';
import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { GITHUB_TOKEN_HEADER } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Request, Router } from 'express';
import PromiseRouter from 'express-promise-router';
import {
  type AuditRecordStore,
  type AuditedDeliveries,
  nameRequests,
} from '../audit';
import type {
  AuthorizedBuilds,
  PublicVersions,
  VersionReports,
} from '../builds';
import type { GitHubBudgets } from '../github';
import type { Management } from '../management';
import type { HiddenPlugins, MarketplaceService } from '../marketplace';
import type {
  AccessGuard,
  Administrator,
  OrganizationAdministration,
  PersonalStars,
} from '../people';
import type { PublishRequests } from '../publishing';
import { partOf } from './ApiRouter';
import type { BuildEndpoints } from './BuildEndpoints';
import type { Endpoints } from './Endpoints';
import { explainBadRequest } from './explainBadRequest';
import { readOpenApiSpec } from './openApiSpec';
import { routeBuilds } from './routeBuilds';
import type { ManagementEndpoints } from './ManagementEndpoints';
import { MANAGED_PATHS, routeManagement } from './routeManagement';
import { routeRecord } from './routeRecord';
import { routeVersions } from './routeVersions';
import type { VersionEndpoints } from './VersionEndpoints';

/** The HTTP API, as `openapi.yaml` describes it. */
export function createRouter(options: {
  marketplace: MarketplaceService;
  hidden: HiddenPlugins;
  stars: PersonalStars;
  organization: OrganizationAdministration;
  deliveries: AuditedDeliveries;
  budgets: Pick<GitHubBudgets, 'list'>;
  record: AuditRecordStore;
  publishing: PublishRequests;
  management: Management;
  builds: AuthorizedBuilds;
  versions: VersionReports;
  publicVersions: PublicVersions;
  access: AccessGuard;
  httpAuth: HttpAuthService;
  /** Also checks what is answered; for tests. */
  validateResponses?: boolean;
}): Router {
  const {
    marketplace,
    hidden,
    stars,
    organization,
    deliveries,
    budgets,
    record,
    publishing,
    management,
    builds,
    versions,
    publicVersions,
    access,
    httpAuth,
    validateResponses = false,
  } = options;
  const spec = readOpenApiSpec();
  const router =
    createValidatedOpenApiRouterFromGeneratedEndpointMap<Endpoints>(spec, {
      validatorOptions: { validateResponses },
    });
  router.use(explainBadRequest(spec));
  // What the description does not know, such as another spelling of a path, was not validated
  router.use((req, _res, next) =>
    next('openapi' in req ? undefined : 'router'),
  );

  const onBehalfOf = async (
    request: Parameters<HttpAuthService['credentials']>[0],
  ) => ({
    credentials: await httpAuth.credentials(request, {
      allow: ['user', 'service'],
    }),
  });
  const inOwnName = async (
    request: Parameters<HttpAuthService['credentials']>[0],
  ): Promise<Administrator> => ({
    credentials: await httpAuth.credentials(request, { allow: ['user'] }),
    gitHubToken: request.get(GITHUB_TOKEN_HEADER),
    request,
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
    res.json(
      await marketplace.getReadme(req.params, {
        ...(await onBehalfOf(req)),
        release: req.query.release,
      }),
    );
  });
  router.get('/plugins/:namespace/:name/releases', async (req, res) => {
    res.json(await marketplace.getReleases(req.params, await onBehalfOf(req)));
  });
  router.get('/plugins/:namespace/:name/discussions', async (req, res) => {
    res.json(
      await marketplace.getDiscussions(req.params, await onBehalfOf(req)),
    );
  });
  router.get('/plugins/:namespace/:name/source', async (req, res) => {
    res.json(await marketplace.getSource(req.params, await onBehalfOf(req)));
  });
  router.get('/plugins/:namespace/:name/activity', async (req, res) => {
    res.json(await marketplace.getActivity(req.params, await onBehalfOf(req)));
  });

  router.get('/plugins/:namespace/:name/star', async (req, res) => {
    res.json({
      starred: await marketplace.isStarred(req.params, await onBehalfOf(req)),
    });
  });
  router.put('/plugins/:namespace/:name/star', async (req, res) => {
    await stars.setStarred(req.params, true, await inOwnName(req));
    res.status(204).end();
  });
  router.delete('/plugins/:namespace/:name/star', async (req, res) => {
    await stars.setStarred(req.params, false, await inOwnName(req));
    res.status(204).end();
  });

  router.get('/hidden-plugins', async (req, res) => {
    const asking = await httpAuth.credentials(req, { allow: ['service'] });
    res.json({
      entityRefs: await hidden.listHidden(req.query.user ?? asking),
    });
  });

  router.get('/admin/deliveries', async (req, res) => {
    const { q: text, ...query } = req.query;
    res.json(await deliveries.list({ ...query, text }));
  });
  router.get('/admin/deliveries/:deliveryId', async (req, res) => {
    res.json(await deliveries.get(req.params.deliveryId));
  });
  router.post('/admin/deliveries/replay', async (req, res) => {
    res.json(await deliveries.replay(req.body, await inOwnName(req)));
  });
  router.get('/admin/webhooks', async (_req, res) => {
    res.json(await deliveries.getWebhooks());
  });
  router.post('/admin/webhooks/reconcile', async (req, res) => {
    res.json(await deliveries.reconcile(await inOwnName(req)));
  });
  router.get('/admin/github/budgets', async (_req, res) => {
    res.json(await budgets.list());
  });

  router.get('/admin/members', async (req, res) => {
    const { q: text, ...query } = req.query;
    res.json(await organization.listMembers({ ...query, text }));
  });
  router.put('/admin/members/:login', async (req, res) => {
    await organization.setMemberRole(
      { login: req.params.login, role: req.body.role },
      await inOwnName(req),
    );
    res.status(204).end();
  });
  router.delete('/admin/members/:login', async (req, res) => {
    await organization.removeMember(req.params.login, await inOwnName(req));
    res.status(204).end();
  });
  router.get('/admin/invitations', async (_req, res) => {
    res.json(await organization.listInvitations());
  });
  router.post('/admin/invitations', async (req, res) => {
    res
      .status(201)
      .json(await organization.invite(req.body, await inOwnName(req)));
  });
  router.delete('/admin/invitations/:id', async (req, res) => {
    await organization.cancelInvitation(
      Number(req.params.id),
      await inOwnName(req),
    );
    res.status(204).end();
  });
  router.get('/admin/teams', async (_req, res) => {
    res.json(await organization.listTeams());
  });
  router.put('/admin/teams/:slug/members/:login', async (req, res) => {
    await organization.setTeamMember(
      { ...req.params, role: req.body.role },
      await inOwnName(req),
    );
    res.status(204).end();
  });
  router.delete('/admin/teams/:slug/members/:login', async (req, res) => {
    await organization.removeTeamMember(req.params, await inOwnName(req));
    res.status(204).end();
  });

  routeRecord(router, { record });
  routeManagement(partOf<ManagementEndpoints>(router), {
    management,
    httpAuth,
  });
  routeBuilds(partOf<BuildEndpoints>(router), { builds, httpAuth });
  routeVersions(partOf<VersionEndpoints>(router), {
    versions,
    publicVersions,
    httpAuth,
  });

  router.get('/publishing/candidates', async (req, res) => {
    res.json(await publishing.listCandidates(await inOwnName(req)));
  });
  router.get('/publishing/requests', async (req, res) => {
    const { q: text, ...query } = req.query;
    res.json(
      await publishing.listOwn({ ...query, text }, await inOwnName(req)),
    );
  });
  router.post('/publishing/requests', async (req, res) => {
    res
      .status(201)
      .json(
        await publishing.create(req.body.repositoryUrl, await inOwnName(req)),
      );
  });
  router.get('/publishing/requests/:id', async (req, res) => {
    res.json(await publishing.get(req.params.id, await inOwnName(req)));
  });
  router.post('/publishing/requests/:id/check', async (req, res) => {
    res.json(await publishing.check(req.params.id, await inOwnName(req)));
  });
  router.post('/publishing/requests/:id/bot', async (req, res) => {
    res.json(await publishing.addBot(req.params.id, await inOwnName(req)));
  });
  router.post('/publishing/requests/:id/submit', async (req, res) => {
    res.json(
      await publishing.submit(req.params.id, req.body, await inOwnName(req)),
    );
  });
  router.post('/publishing/requests/:id/hand-over', async (req, res) => {
    res.json(await publishing.handOver(req.params.id, await inOwnName(req)));
  });
  router.post('/publishing/requests/:id/withdraw', async (req, res) => {
    res.json(
      await publishing.withdraw(
        req.params.id,
        req.body.text,
        await inOwnName(req),
      ),
    );
  });
  router.post('/publishing/requests/:id/comments', async (req, res) => {
    res.json(
      await publishing.comment(
        req.params.id,
        req.body.text,
        await inOwnName(req),
      ),
    );
  });
  router.get('/admin/publishing/requests', async (req, res) => {
    const { q: text, ...query } = req.query;
    res.json(await publishing.listAll({ ...query, text }));
  });
  router.post('/admin/publishing/requests/:id/decisions', async (req, res) => {
    res.json(
      await publishing.decide(req.params.id, req.body, await inOwnName(req)),
    );
  });
  router.post('/admin/publishing/requests/:id/retry', async (req, res) => {
    res.json(await publishing.retry(req.params.id, await inOwnName(req)));
  });
  router.post('/admin/publishing/requests/:id/abort', async (req, res) => {
    res.json(
      await publishing.abort(
        req.params.id,
        req.body.text,
        await inOwnName(req),
      ),
    );
  });

  // Before anything is looked at: whoever may not does not even learn what would be allowed
  const guarded = PromiseRouter();
  guarded.use(nameRequests);
  guarded.use('/admin', async (req: Request, _res, next) => {
    await access.administer(
      await httpAuth.credentials(req, { allow: ['user'] }),
    );
    next();
  });
  guarded.use('/publishing', async (req: Request, _res, next) => {
    await access.publish(await httpAuth.credentials(req, { allow: ['user'] }));
    next();
  });
  guarded.use('/builds', async (req: Request, _res, next) => {
    await builds.authorize(
      await httpAuth.credentials(req, { allow: ['user'] }),
    );
    next();
  });
  guarded.all(
    '/plugins/:namespace/:name/star',
    async (req: Request, _res, next) => {
      await access.participate(
        await httpAuth.credentials(req, { allow: ['user'] }),
      );
      next();
    },
  );
  for (const path of MANAGED_PATHS) {
    guarded.post(
      `/plugins/:namespace/:name/${path}`,
      async (req: Request, _res, next) => {
        await access.manage(
          await httpAuth.credentials(req, { allow: ['user'] }),
        );
        next();
      },
    );
  }
  guarded.use('/hidden-plugins', async (req: Request, _res, next) => {
    await httpAuth.credentials(req, { allow: ['service'] });
    next();
  });
  guarded.use(router);
  return guarded;
}
