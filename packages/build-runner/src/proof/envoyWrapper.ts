import { quote } from '../isolation/holdScript';

/** What {@link envoyWrapper} is made from. */
export interface EnvoyWrapperOptions {
  /** The sandbox's root as seen from outside of it. */
  outerRoot: string;
  /** User that Envoy runs as; undefined when that is we ourselves. */
  user: number | undefined;
  /** Folder on the machine for the wrapper's own use. */
  directory: string;
  /** The command that enters the sandbox and runs what follows it through `env`. */
  enter: string[];
  /** Path of Envoy in the sandbox. */
  executable: string;
}

/**
 * The shell script that stands in for Envoy where envoy-runner starts one: it starts the
 * real one in the sandbox, with paths as they are there, passes on SIGTERM, and ends as
 * Envoy does. What it started ends with it.
 */
export function envoyWrapper(options: EnvoyWrapperOptions): string {
  const { outerRoot, user, directory, enter, executable } = options;
  const root = quote(outerRoot);
  return `#!/bin/sh
root=${root}
ulimit -c 0
modules=$ENVOY_DYNAMIC_MODULES_SEARCH_PATH
${user === undefined ? '' : 'chmod 0711 "$modules"'}
count=$#
while [ "$count" -gt 0 ]; do
  argument=$1
  shift
  ${
    user === undefined
      ? ':'
      : `case $argument in */bootstrap.json) chown ${user}:${user} "\${argument%/*}" ;; esac`
  }
  set -- "$@" "\${argument#"$root"}"
  count=$((count - 1))
done
control=${quote(directory)}/control.$$
mkfifo "$control" || exit 126
exec 4<>"$control"
trap 'echo TERM >&4' TERM
${enter
  .map(quote)
  .join(' ')} "ENVOY_DYNAMIC_MODULES_SEARCH_PATH=\${modules#"$root"}" ${quote(
    executable,
  )} "$@" <"$control" 4>&- &
child=$!
while :; do
  wait "$child"
  code=$?
  kill -0 "$child" 2>/dev/null || break
done
rm -f "$control"
if [ "$code" -gt 128 ]; then
  trap - TERM
  kill "-$((code - 128))" $$
fi
exit "$code"
`;
}
