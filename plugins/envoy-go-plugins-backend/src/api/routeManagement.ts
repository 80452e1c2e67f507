import type { HttpAuthService } from '@backstage/backend-plugin-api';
import type { Management, ManagingPerson } from '../management';
import type { ApiRouter } from './ApiRouter';
import type { ManagementEndpoints } from './ManagementEndpoints';

/** Below a plugin's, what changes something of it. */
export const MANAGED_PATHS = [
  'owner',
  'deprecate',
  'versions/:version/yank',
  'versions/:version/rebuild',
  'unpublish',
  'operations/:id/retry',
];

/** What owners and administrators do with published plugins; each method says who may. */
export function routeManagement(
  router: ApiRouter<ManagementEndpoints>,
  options: { management: Management; httpAuth: HttpAuthService },
): void {
  const { management, httpAuth } = options;
  const by = async (
    request: Parameters<HttpAuthService['credentials']>[0],
  ): Promise<ManagingPerson> => ({
    credentials: await httpAuth.credentials(request, { allow: ['user'] }),
    request,
  });

  router.get('/plugins/:namespace/:name/management', async (req, res) => {
    res.json(await management.get(req.params, await by(req)));
  });
  router.post('/plugins/:namespace/:name/owner', async (req, res) => {
    res.json(await management.changeOwner(req.params, req.body, await by(req)));
  });
  router.post('/plugins/:namespace/:name/deprecate', async (req, res) => {
    res.json(await management.deprecate(req.params, req.body, await by(req)));
  });
  router.post(
    '/plugins/:namespace/:name/versions/:version/yank',
    async (req, res) => {
      const { version, ...plugin } = req.params;
      res.json(
        await management.yank(plugin, { ...req.body, version }, await by(req)),
      );
    },
  );
  router.post(
    '/plugins/:namespace/:name/versions/:version/rebuild',
    async (req, res) => {
      const { version, ...plugin } = req.params;
      res.json(
        await management.rebuild(
          plugin,
          { ...req.body, version },
          await by(req),
        ),
      );
    },
  );
  router.post('/plugins/:namespace/:name/unpublish', async (req, res) => {
    res.json(await management.unpublish(req.params, req.body, await by(req)));
  });
  router.post(
    '/plugins/:namespace/:name/operations/:id/retry',
    async (req, res) => {
      const { id, ...plugin } = req.params;
      res.json(await management.retry(plugin, id, await by(req)));
    },
  );
  router.get('/admin/plugins', async (req, res) => {
    const { q: text, ...query } = req.query;
    res.json(await management.list({ ...query, text }, await by(req)));
  });
}
