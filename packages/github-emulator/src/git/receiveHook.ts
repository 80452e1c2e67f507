import { promises as fs } from 'node:fs';
import path from 'node:path';

/** Refs that a push may not change directly, one a line. */
export const PROTECTED_REFS = 'GITHUB_EMULATOR_PROTECTED_REFS';

/** Set to 1 when the token of a push lacks the `workflow` scope. */
export const REFUSE_WORKFLOWS = 'GITHUB_EMULATOR_REFUSE_WORKFLOWS';

/** What git runs before it takes a push; the words are GitHub's. */
const PRE_RECEIVE = `#!/bin/sh
zero=0000000000000000000000000000000000000000
status=0
while read -r old new ref; do
  for protected in $${PROTECTED_REFS}; do
    if [ "$ref" = "$protected" ]; then
      echo "error: GH006: Protected branch update failed for $ref." >&2
      echo "error: Changes must be made through a pull request." >&2
      status=1
    fi
  done
  if [ "$${REFUSE_WORKFLOWS}" = 1 ] && [ "$new" != "$zero" ]; then
    for commit in $(git rev-list "$new" --not --all); do
      file=$(git diff-tree -r --root --no-commit-id --name-only "$commit" -- .github/workflows | head -n 1)
      if [ -n "$file" ]; then
        echo "error: refusing to allow an OAuth App to create or update workflow \\\`$file\\\` without \\\`workflow\\\` scope" >&2
        status=1
        break
      fi
    done
  fi
done
exit $status
`;

/** Writes the hooks of all repositories to a folder. */
export async function writeHooks(folder: string): Promise<void> {
  await fs.mkdir(folder, { recursive: true });
  const file = path.join(folder, 'pre-receive');
  await fs.writeFile(file, PRE_RECEIVE);
  await fs.chmod(file, 0o755);
}
