import { toRegistryError } from './toRegistryError';

describe('toRegistryError', () => {
  it.each([
    [
      'Error: Get "http://localhost:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
      'unavailable',
      true,
    ],
    [
      'Error: unexpected status code 503 Service Unavailable',
      'unavailable',
      true,
    ],
    ['Error: TOOMANYREQUESTS: slow down', 'unavailable', true],
    ['Error: UNKNOWN: unknown error', 'unavailable', true],
    [
      'Error: PUT http://r/v2/x: UNAUTHORIZED: authentication required; []',
      'unauthorized',
      false,
    ],
    ['Error: unexpected status code 403 Forbidden', 'unauthorized', false],
    ['Error: unexpected status code 507 Insufficient Storage', 'full', false],
    [
      'Error: UNKNOWN: filesystem: write /var/lib/x: no space left on device',
      'full',
      false,
    ],
    [
      'Error: PUT http://r/v2/x: DENIED: adding 3.5 MiB of storage resource, which when updated to current usage of 8 MiB will exceed the configured upper limit of 10 MiB',
      'full',
      false,
    ],
    [
      'Error: GET http://r/v2/quota: read tcp 127.0.0.1:1: TLS handshake timeout',
      'unavailable',
      true,
    ],
    [
      'Error: GET http://r/v2/plugins/quota-exceeded/manifests/UNAUTHORIZED: MANIFEST_INVALID: no',
      'refused',
      false,
    ],
    ['Error: MANIFEST_UNKNOWN: Unknown manifest', 'not-found', false],
    ['Error: MANIFEST_INVALID: manifest invalid', 'refused', false],
  ])('%s is %s', (output, problem, retryable) => {
    expect(toRegistryError('take r/x', `progress\n${output}\n`)).toMatchObject({
      problem,
      retryable,
      message: expect.stringContaining(
        `The registry did not take r/x: ${output.replace('Error: ', '')}; `,
      ),
    });
  });

  it('says that it took too long', () => {
    expect(toRegistryError('take r/x', '', true)).toMatchObject({
      problem: 'unavailable',
      retryable: true,
      message:
        'The registry did not take r/x: it took too long; it is tried again later',
    });
  });
});
