import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { SandboxMount } from '../isolation';
import type { Toolchain } from '../toolchain';

/**
 * Where modules come from and what their checksums are compared with.
 *
 * @public
 */
export interface ModuleSource {
  /** As GOPROXY; `direct` in it is left out: repositories are never asked themselves. */
  proxy: string;
  /** As GOSUMDB; `off` where go.sum alone counts. */
  sumdb: string;
}

const run = promisify(execFile);
/** How a download reaches a proxy, and by which certificates it trusts it. */
const DOWNLOAD_VARIABLES = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

/** In the sandbox. */
export const MODULES = '/modules';
/** In the sandbox. */
export const GO_CACHE = '/scratch/home/go-build';

/** What the machine's Go is set to. */
export async function machineModuleSource(
  toolchain: Toolchain,
): Promise<ModuleSource> {
  const { stdout } = await run(
    `${toolchain.root}/bin/go`,
    ['env', 'GOPROXY', 'GOSUMDB'],
    { cwd: '/' },
  );
  const [proxy, sumdb] = stdout.split('\n');
  return { proxy, sumdb };
}

/** The environment of everything that Go does in a build. */
export function goEnvironment(toolchain: Toolchain): Record<string, string> {
  return {
    PATH: `${toolchain.root}/bin:/usr/local/bin:/usr/bin:/bin`,
    GOENV: 'off',
    GOROOT: toolchain.root,
    GOTOOLCHAIN: 'local',
    GOFLAGS: '-mod=readonly -buildvcs=false',
    GOWORK: 'off',
    GOTELEMETRY: 'off',
    GOMODCACHE: MODULES,
    GOCACHE: GO_CACHE,
    GOPATH: '/scratch/home/go',
    CGO_ENABLED: '1',
  };
}

/** For steps without a network. */
export const OFFLINE = { GOPROXY: 'off', GOSUMDB: 'off' };

/** For the download of modules, the one step with a network. */
export function downloadEnvironment(
  source: ModuleSource,
  env: NodeJS.ProcessEnv,
): { env: Record<string, string>; mounts: SandboxMount[] } {
  // "|" separates proxies, too.
  const proxies = source.proxy
    .split(/[,|]/)
    .filter(proxy => proxy && proxy !== 'direct');
  const folders = proxies.flatMap(proxy =>
    proxy.startsWith('file://') ? [new URL(proxy).pathname] : [],
  );
  const trusted = [env.SSL_CERT_FILE, env.SSL_CERT_DIR].filter(
    (path): path is string => !!path && !path.startsWith('/usr/'),
  );
  return {
    env: {
      ...Object.fromEntries(
        DOWNLOAD_VARIABLES.flatMap(name => {
          const value = env[name];
          return value ? [[name, value]] : [];
        }),
      ),
      GOPROXY: proxies.join(',') || 'off',
      // Go has a default of its own
      ...(source.sumdb && { GOSUMDB: source.sumdb }),
      GOVCS: '*:off',
    },
    mounts: [
      ...folders,
      ...trusted.filter(path => !path.startsWith('/etc/ssl')),
    ].map(path => ({ source: path, target: path })),
  };
}
