import { readFileSync } from 'node:fs';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { parse } from 'yaml';

/**
 * The description of the API, `openapi.yaml`, which is read when the backend starts: the
 * one place that says what requests are allowed.
 */
export function readOpenApiSpec() {
  return parse(
    readFileSync(
      resolvePackagePath(
        '@envoy-go/backstage-plugin-envoy-go-plugins-backend',
        'src/api/openapi.yaml',
      ),
      'utf8',
    ),
  );
}
