import { homedir } from 'node:os';
import path from 'node:path';

/** Where downloaded programs are kept, shared by all checkouts of a user. */
export function cacheFolder() {
  return (
    process.env.ENVOY_GO_CACHE ??
    path.join(
      process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'),
      'envoy-go',
    )
  );
}
