import { RegistryError, type RegistryProblem } from './RegistryError';

/** What crane and cosign print of which problem, the first that fits. */
const SIGNS: [RegistryProblem, RegExp][] = [
  [
    'full',
    /no space left|quota exceeded|exceeded quota|exceed the configured upper limit|insufficient storage|status code (413|507)|\bTOOMANYBYTES\b/i,
  ],
  [
    'unauthorized',
    /UNAUTHORIZED:|DENIED:|status code (401|403)|authentication required|access denied/i,
  ],
  [
    'unavailable',
    /connection refused|connection reset|no such host|timeout|timed out|TLS handshake|network is unreachable|no route to host|unexpected EOF|\bEOF$|TOOMANYREQUESTS|status code (408|429|5\d\d)|UNAVAILABLE|\bUNKNOWN:/im,
  ],
  ['unsupported', /\bUNSUPPORTED\b|status code 405|METHOD_UNKNOWN/i],
  [
    'not-found',
    /MANIFEST_UNKNOWN|NAME_UNKNOWN|BLOB_UNKNOWN|status code 404|not found/i,
  ],
];

const WHAT_TO_DO: Record<RegistryProblem, string> = {
  unavailable: 'it is tried again later',
  unauthorized:
    'mend the credentials of the registry, or what it allows them to do',
  full: 'make room in the registry, or raise its quota',
  'not-found': 'it may have been deleted from the registry',
  unsupported: 'see whether its configuration can allow it',
  refused: 'see what the registry says',
};

/**
 * Makes an error of what a program printed that failed.
 *
 * @param action - what was tried, such as `push HOST/NAME@sha256:…`
 */
export function toRegistryError(
  action: string,
  output: string,
  timedOut = false,
): RegistryError {
  const problem = timedOut
    ? 'unavailable'
    : SIGNS.find(([, sign]) => sign.test(withoutNames(output)))?.[0] ??
      'refused';
  const said = timedOut ? 'it took too long' : lastError(output);
  return new RegistryError(
    `The registry did not ${action}: ${said}; ${WHAT_TO_DO[problem]}`,
    problem,
  );
}

/** Without addresses and names of images, which may hold any word. */
function withoutNames(output: string): string {
  return output.replaceAll(/\S*\/\S*/g, '');
}

/** The sentence that tells the error, without what was printed before. */
function lastError(output: string): string {
  const lines = output.trim().split('\n');
  const error = lines.findLast(line => line.startsWith('Error: '));
  return (error ?? lines.at(-1) ?? '').replace(/^Error: /, '').slice(0, 1000);
}
