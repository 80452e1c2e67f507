import {
  access,
  constants,
  mkdir,
  mkdtemp,
  rename,
  rm,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { isError } from '@backstage/errors';
import { cacheDirectory } from '@envoy-go/envoy-runner';
import { satisfies } from 'semver';
import { pickEnvironment } from './pickEnvironment';
import { removeLeftovers } from './removeLeftovers';
import { runTool } from './runTool';
import type { ArtifactTool, ToolProvider } from './ToolProvider';
import { ToolUnavailableError } from './ToolUnavailableError';
import { withFileLock } from './withFileLock';

/** What is installed, and which versions on the PATH will do as well. */
const TOOLS: Record<
  ArtifactTool,
  { module: string; version: string; accepted: string; versionArgs: string[] }
> = {
  crane: {
    module: 'github.com/google/go-containerregistry/cmd/crane',
    version: 'v0.20.7',
    accepted: '>=0.20.0 <1',
    versionArgs: ['version'],
  },
  cosign: {
    module: 'github.com/sigstore/cosign/v2/cmd/cosign',
    version: 'v2.6.1',
    // Later major versions sign in another format, by other options
    accepted: '>=2.4.0 <3',
    versionArgs: ['version', '--json'],
  },
};

/** cosign takes two to three minutes where nothing else runs. */
const INSTALL_TIMEOUT_MS = 30 * 60_000;

/**
 * Finds the programs where the configuration says, on the PATH, or in the cache folder; else
 * installs the known version from the Go module proxy into the cache folder, once for all
 * processes that share it.
 */
export class CachedToolProvider implements ToolProvider {
  readonly #configured: Partial<Record<ArtifactTool, string>>;
  readonly #env: NodeJS.ProcessEnv;
  readonly #logger: LoggerService | undefined;
  readonly #found = new Map<ArtifactTool, Promise<string>>();

  /**
   * @param options - `configured`: paths of programs, which are used whatever their version;
   * `env`: with the `PATH`, and what names the cache folder (`ENVOY_GO_CACHE`,
   * `XDG_CACHE_HOME`)
   */
  constructor(
    options: {
      configured?: Partial<Record<ArtifactTool, string>>;
      env?: NodeJS.ProcessEnv;
      logger?: LoggerService;
    } = {},
  ) {
    this.#configured = options.configured ?? {};
    this.#env = options.env ?? process.env;
    this.#logger = options.logger;
  }

  async path(
    tool: ArtifactTool,
    options: { signal?: AbortSignal } = {},
  ): Promise<string> {
    const known = this.#found.get(tool);
    if (known) {
      return known;
    }
    const found = this.#find(tool, options.signal);
    this.#found.set(tool, found);
    // What failed is tried anew by the next who asks
    found.catch(() => this.#found.delete(tool));
    return found;
  }

  async #find(tool: ArtifactTool, signal?: AbortSignal): Promise<string> {
    const configured = this.#configured[tool];
    if (configured !== undefined) {
      if (!(await isExecutable(configured))) {
        throw new ToolUnavailableError(
          `The configured ${tool}, ${configured}, is not a program; mend its path, or leave it out to have it installed`,
        );
      }
      return configured;
    }
    const installed = join(this.#folder(tool), tool);
    return (
      (await this.#onPath(tool)) ??
      ((await isExecutable(installed))
        ? installed
        : withFileLock(
            `${this.#folder(tool)}.lock`,
            async () =>
              (await isExecutable(installed))
                ? installed
                : this.#install(tool, signal),
            { signal },
          ))
    );
  }

  async #onPath(tool: ArtifactTool): Promise<string | undefined> {
    for (const folder of (this.#env.PATH ?? '').split(delimiter)) {
      const path = join(folder || '.', tool);
      if (await isExecutable(path)) {
        const { accepted, versionArgs } = TOOLS[tool];
        const answer = await runTool(path, versionArgs, {
          env: pickEnvironment(this.#env),
          timeoutMs: 30_000,
        }).catch(() => undefined);
        const version = /v?(\d+\.\d+\.\d+)/.exec(answer?.stdout ?? '')?.[1];
        if (version && satisfies(version, accepted)) {
          return path;
        }
        this.#logger?.info(
          `${path} is not used: its version is ${
            version ?? 'not known'
          }, wanted is ${accepted}`,
        );
      }
    }
    return undefined;
  }

  async #install(tool: ArtifactTool, signal?: AbortSignal): Promise<string> {
    const { module, version } = TOOLS[tool];
    const folder = this.#folder(tool);
    const parent = dirname(folder);
    const prefix = `${folder}.new-`;
    await mkdir(parent, { recursive: true });
    await removeLeftovers(parent, basename(prefix), INSTALL_TIMEOUT_MS);
    const staging = await mkdtemp(prefix);
    try {
      this.#logger?.info(
        `Installing ${tool} ${version}; once, it may take some minutes`,
      );
      const args = [
        'install',
        '-trimpath',
        '-ldflags=-s',
        `${module}@${version}`,
      ];
      const result = await runTool('go', args, {
        env: {
          HOME: homedir(),
          ...pickEnvironment(
            this.#env,
            name => /^(GO|XDG_)/.test(name) || name === 'HOME',
          ),
          GOBIN: staging,
          GOFLAGS: '',
          CGO_ENABLED: '0',
        },
        timeoutMs: INSTALL_TIMEOUT_MS,
        signal,
        inBackground: true,
      }).catch(error => {
        throw isError(error) && error.code === 'ENOENT'
          ? new ToolUnavailableError(
              `There is no ${tool} on the PATH, and no go to install it with; install ${tool} ${version}, or Go 1.25 or later`,
            )
          : error;
      });
      if (result.code !== 0) {
        const output = result.stderr.trim().slice(-4000);
        throw new ToolUnavailableError(
          `${tool} ${version} could not be installed from the Go module proxy${
            result.timedOut ? ' within 30 minutes' : ''
          }: ${output.split('\n').at(-1)}`,
          output,
        );
      }
      await rm(folder, { recursive: true, force: true });
      await rename(staging, folder);
      return join(folder, tool);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }

  #folder(tool: ArtifactTool): string {
    return join(
      cacheDirectory(this.#env),
      'tools',
      `${tool}-${TOOLS[tool].version}`,
    );
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
