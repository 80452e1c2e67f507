import { request } from 'node:http';
import { ServiceUnavailableError } from '@backstage/errors';

/**
 * Sends a GET to an Envoy's admin interface.
 *
 * @throws {@link @backstage/errors#ServiceUnavailableError} when it does not answer in time
 */
export function requestAdmin(
  adminUrl: string,
  path: string,
  timeoutMs: number,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const req = request(
      new URL(path, adminUrl),
      { agent: false, signal: AbortSignal.timeout(timeoutMs) },
      res => {
        let body = '';
        res.setEncoding('utf8');
        res.on('data', chunk => {
          body += chunk;
        });
        res.on('end', () => resolve({ status: res.statusCode ?? 0, body }));
        res.on('error', reject);
      },
    );
    req.on('error', error =>
      reject(
        new ServiceUnavailableError(
          `Envoy's admin interface did not answer ${path} within ${timeoutMs} ms`,
          error,
        ),
      ),
    );
    req.end();
  });
}
