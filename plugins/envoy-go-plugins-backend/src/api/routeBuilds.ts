import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HttpAuthService } from '@backstage/backend-plugin-api';
import type { AuthorizedBuilds, BuildPerson } from '../builds';
import type { ApiRouter } from './ApiRouter';
import type { BuildEndpoints } from './BuildEndpoints';

/** What is built, and by what. */
export function routeBuilds(
  router: ApiRouter<BuildEndpoints>,
  options: { builds: AuthorizedBuilds; httpAuth: HttpAuthService },
): void {
  const { builds, httpAuth } = options;
  const personOf = async (
    request: Parameters<HttpAuthService['credentials']>[0],
  ): Promise<BuildPerson> => ({
    credentials: await httpAuth.credentials(request, { allow: ['user'] }),
    request,
  });

  router.get('/builds', async (req, res) => {
    const { q: text, ...query } = req.query;
    res.json(await builds.list({ ...query, text }, await personOf(req)));
  });
  router.get('/builds/:id', async (req, res) => {
    res.json(await builds.get(req.params.id, await personOf(req)));
  });
  router.get('/builds/:id/log', async (req, res) => {
    res.json(await builds.log(req.params.id, req.query, await personOf(req)));
  });
  router.get('/builds/:id/log.txt', async (req, res) => {
    const text = await builds.logText(req.params.id, await personOf(req));
    res.type('text/plain; charset=utf-8');
    // What plugins print is nobody's page
    res.set('x-content-type-options', 'nosniff');
    await pipeline(Readable.from(text), res);
  });
  router.post('/builds/:id/cancel', async (req, res) => {
    res.json(
      await builds.cancel(req.params.id, req.body.reason, await personOf(req)),
    );
  });
  router.post('/builds/:id/retry', async (req, res) => {
    res.json(await builds.retry(req.params.id, await personOf(req)));
  });
  router.get('/admin/runners', async (_req, res) => {
    res.json(await builds.listRunners());
  });
}
