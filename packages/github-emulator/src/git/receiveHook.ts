import { promises as fs } from 'node:fs';
import path from 'node:path';

/**
 * What a push may not do, one a line: changes, the expressions of the refs, those of refs left out, whose rule it is, and why,
 * with tabs between them.
 */
export const BANNED_CHANGES = 'GITHUB_EMULATOR_BANNED_CHANGES';

/** Set to 1 when the token of a push lacks the `workflow` scope. */
export const REFUSE_WORKFLOWS = 'GITHUB_EMULATOR_REFUSE_WORKFLOWS';

/** What git runs before it takes a push; the words are GitHub's. */
const PRE_RECEIVE = `#!/bin/sh
zero=0000000000000000000000000000000000000000
tab=$(printf '\\t')
status=0
while read -r old new ref; do
  if [ -n "$${BANNED_CHANGES}" ]; then
    change=update
    if [ "$old" = "$zero" ]; then
      change=create
    elif [ "$new" = "$zero" ]; then
      change=delete
    elif ! git merge-base --is-ancestor "$old" "$new" 2>/dev/null; then
      change=force
    fi
    while IFS="$tab" read -r changes include exclude source reason; do
      case ",$changes," in
        *",$change,"*) ;;
        *) continue ;;
      esac
      if printf '%s\\n' "$ref" | grep -Eq -- "$include" && ! printf '%s\\n' "$ref" | grep -Eq -- "$exclude"; then
        if [ "$source" = protection ]; then
          echo "error: GH006: Protected branch update failed for $ref." >&2
        else
          echo "error: GH013: Repository rule violations found for $ref." >&2
        fi
        echo "error: $reason" >&2
        status=1
      fi
    done <<RULES
$${BANNED_CHANGES}
RULES
  fi
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
