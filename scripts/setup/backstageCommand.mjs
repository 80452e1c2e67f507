/**
 * Under Yarn the usual Backstage commands keep their usual meaning.
 *
 * @param {string} command one of ours
 * @param {string | undefined} userAgent `npm_config_user_agent`, by which npm and Yarn tell
 *   what they start who they are
 * @returns {string[] | undefined} the arguments of backstage-cli to run instead
 */
export function backstageCommand(command, userAgent) {
  const runByYarn = (userAgent ?? '').startsWith('yarn/');
  return runByYarn && command === 'test' ? ['repo', 'test'] : undefined;
}
