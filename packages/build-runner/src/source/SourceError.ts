import { CustomErrorBase } from '@backstage/errors';

/**
 * A source that is not taken. The message is one sentence that names the entry.
 *
 * @public
 */
export class SourceError extends CustomErrorBase {}
