import type { FetchApi } from '@backstage/core-plugin-api';
import { ResponseError } from '@backstage/errors';

/**
 * A fetch that fails with the backend's own reason where a repository cannot be analysed.
 * The import page would otherwise show the status of the answer alone.
 */
export function fetchWithReason(fetchApi: FetchApi): FetchApi {
  return {
    fetch: async (input, init) => {
      const response = await fetchApi.fetch(input, init);
      const url = input instanceof Request ? input.url : String(input);
      if (response.ok || !url.endsWith('/analyze-location')) {
        return response;
      }
      const { body } = await ResponseError.fromResponse(response);
      const { cause } = body.error;
      const reason =
        typeof cause === 'object' && cause !== null && 'message' in cause
          ? cause.message
          : undefined;
      throw new Error(typeof reason === 'string' ? reason : body.error.message);
    },
  };
}
