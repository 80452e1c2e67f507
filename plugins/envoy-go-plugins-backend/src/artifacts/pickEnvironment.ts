/** What programs need to reach the network, and to find each other. */
const COMMON = [
  'PATH',
  'TMPDIR',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
];

/**
 * The part of an environment that a program may see: the backend's own holds secrets that
 * are not its business.
 *
 * @param more - tells of further variables whether the program may see them
 */
export function pickEnvironment(
  env: NodeJS.ProcessEnv,
  more: (name: string) => boolean = () => false,
): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => COMMON.includes(name) || more(name)),
  );
}
