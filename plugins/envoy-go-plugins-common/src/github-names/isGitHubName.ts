/**
 * Whether text can be the name of an account or a repository on GitHub. Such names become
 * parts of addresses of its API: with `.` or `..` for one, the portal would ask another
 * address with its own credentials, such as that of all issues that those see.
 *
 * @public
 */
export function isGitHubName(text: string): boolean {
  return /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/.test(text);
}
