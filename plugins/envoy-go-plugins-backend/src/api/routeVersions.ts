import type { HttpAuthService } from '@backstage/backend-plugin-api';
import type { Response } from 'express';
import type { PublicVersions, VersionReports } from '../builds';
import type { ApiRouter } from './ApiRouter';
import type { VersionEndpoints } from './VersionEndpoints';

/** What is told to everybody, without signing in. */
export const PUBLIC_VERSION_PATHS = [
  '/feed.atom',
  '/plugins/:namespace/:name/feed.atom',
  '/badge',
];

/** So long a badge or feed may be shown without asking again, in seconds. */
const MAX_AGE = 300;

/** What was released, and what became of it; behind the router that validates. */
export function routeVersions(
  router: ApiRouter<VersionEndpoints>,
  options: {
    versions: VersionReports;
    publicVersions: PublicVersions;
    httpAuth: HttpAuthService;
  },
): void {
  const { versions, publicVersions, httpAuth } = options;
  const onBehalfOf = async (
    request: Parameters<HttpAuthService['credentials']>[0],
  ) => ({
    credentials: await httpAuth.credentials(request, {
      allow: ['user', 'service'],
    }),
  });

  router.get('/plugins/:namespace/:name/versions', async (req, res) => {
    res.json(await versions.list(req.params, await onBehalfOf(req)));
  });
  router.get(
    '/plugins/:namespace/:name/versions/:version/documents/:digest',
    async (req, res) => {
      const { mediaType, fileName, content } = await versions.document(
        req.params,
        await onBehalfOf(req),
      );
      res.type(mediaType);
      // What plugins made is nobody's page
      res.set('x-content-type-options', 'nosniff');
      res.attachment(fileName);
      // What has a digest never changes
      res.set('cache-control', 'private, max-age=31536000, immutable');
      res.type(mediaType).send(content);
    },
  );

  router.get('/plugins/:namespace/:name/feed.atom', async (req, res) => {
    sendToAll(res, 'application/atom+xml; charset=utf-8').send(
      await publicVersions.feedOf(req.params),
    );
  });
  router.get('/feed.atom', async (_req, res) => {
    sendToAll(res, 'application/atom+xml; charset=utf-8').send(
      await publicVersions.feed(),
    );
  });
  router.get('/badge/:namespace/:badge', async (req, res) => {
    const { namespace, badge } = req.params;
    sendToAll(res, 'image/svg+xml; charset=utf-8').send(
      await publicVersions.badge({
        namespace,
        name: badge.replace(/\.svg$/, ''),
      }),
    );
  });
}

function sendToAll<T extends Pick<Response, 'type' | 'set'>>(
  res: T,
  contentType: string,
): T {
  res.type(contentType);
  res.set({
    'cache-control': `public, max-age=${MAX_AGE}`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  });
  return res;
}
