import { CustomErrorBase } from '@backstage/errors';

/**
 * There is no Envoy to run: unknown version, no network, wrong architecture, a download
 * whose sum is not the one known. The message is one sentence that says what to do.
 *
 * @public
 */
export class EnvoyUnavailableError extends CustomErrorBase {}
