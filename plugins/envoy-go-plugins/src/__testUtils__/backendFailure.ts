import { ResponseError } from '@backstage/errors';

/** What a client of the backend throws when it is answered with an error. */
export async function backendFailure(
  status: number,
  message: string,
): Promise<Error> {
  return ResponseError.fromResponse(
    new Response(
      JSON.stringify({
        error: { name: 'Error', message },
        response: { statusCode: status },
      }),
      { status, headers: { 'content-type': 'application/json' } },
    ),
  );
}
