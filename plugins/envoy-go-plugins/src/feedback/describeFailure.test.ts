import { ResponseError } from '@backstage/errors';
import { describeFailure } from './describeFailure';

async function responseError(status: number, message: string) {
  return ResponseError.fromResponse(
    Object.assign(
      new Response(
        JSON.stringify({
          error: { name: 'Error', message },
          response: { statusCode: status },
        }),
        { status, headers: { 'content-type': 'application/json' } },
      ),
    ),
  );
}

describe('describeFailure', () => {
  it('says what the backend said, and that retrying may help', async () => {
    const failure = describeFailure(
      await responseError(503, 'The database is starting'),
    );
    expect(failure.sentence).toBe(
      'The portal’s backend answered 503. The database is starting.',
    );
    expect(failure.advice).toMatch(/^Retry/);
    expect(failure.notAllowed).toBe(false);
  });

  it('tells a lack of permission from a failure', async () => {
    const failure = describeFailure(await responseError(403, 'Unauthorized'));
    expect(failure.notAllowed).toBe(true);
    expect(failure.advice).toMatch(/permission/);
  });

  it('asks to sign in where the sign-in has expired', async () => {
    const failure = describeFailure(await responseError(401, 'Expired'));
    expect(failure).toMatchObject({
      notAllowed: true,
      advice: expect.stringMatching(/^Sign in/),
    });
  });

  it('knows a network that does not answer', () => {
    expect(describeFailure(new TypeError('Failed to fetch')).sentence).toBe(
      'The portal’s backend did not answer.',
    );
  });
});
