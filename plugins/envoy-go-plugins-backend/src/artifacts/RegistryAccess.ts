import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError, isError } from '@backstage/errors';
import { pickEnvironment } from './pickEnvironment';
import { removeLeftovers } from './removeLeftovers';
import { runTool, type ToolResult } from './runTool';
import type { ArtifactTool, ToolProvider } from './ToolProvider';
import { ToolUnavailableError } from './ToolUnavailableError';

/** Where images go, and as whom. */
export interface RegistryConfig {
  /** Host and beginning of the path of all images: `registry.example.com/envoy-plugins`. */
  repository: string;
  username?: string;
  password?: string;
  /** Whether it may be spoken to without TLS, or with a certificate that nobody vouches for. */
  insecure?: boolean;
}

const TIMEOUT_MS = 5 * 60_000;

/** Beginning of the names of folders in the system's folder for temporary files. */
const FOLDER_PREFIX = 'envoy-go-registry-';

/**
 * Runs programs that speak to a registry. They get its credentials by a file in a folder of
 * their own, which nobody else can read and which is removed after; never by arguments.
 */
export class RegistryAccess {
  readonly config: RegistryConfig;
  readonly #tools: ToolProvider;
  readonly #env: NodeJS.ProcessEnv;
  readonly #timeoutMs: number;
  #cleaned: Promise<void> | undefined;

  constructor(options: {
    config: RegistryConfig;
    tools: ToolProvider;
    env?: NodeJS.ProcessEnv;
    /** How long one program may take, in milliseconds; default: five minutes. */
    timeoutMs?: number;
  }) {
    this.config = options.config;
    this.#tools = options.tools;
    this.#env = options.env ?? process.env;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  }

  /** The registry's host, with its port. */
  get host(): string {
    return this.config.repository.split('/')[0];
  }

  /**
   * The name of a plugin's image.
   *
   * @throws InputError when the plugin's name cannot be part of it
   */
  repositoryOf(plugin: string): string {
    const name = plugin.toLocaleLowerCase('en-US');
    if (!/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/.test(name)) {
      throw new InputError(
        `"${plugin}" cannot name an image: allowed are letters and digits, with ".", "_" or "-" between them`,
      );
    }
    return `${this.config.repository}/${name}`;
  }

  /**
   * Runs a program to its end, whatever its exit code.
   *
   * @param env - variables that it gets besides, such as keys
   * @throws ToolUnavailableError when it cannot be started
   */
  async run(
    tool: ArtifactTool,
    args: string[],
    options: { env?: NodeJS.ProcessEnv; signal?: AbortSignal } = {},
  ): Promise<ToolResult> {
    const path = await this.#tools.path(tool, { signal: options.signal });
    // No program runs for so long: what is older was left by a process that was killed
    this.#cleaned ??= removeLeftovers(
      tmpdir(),
      FOLDER_PREFIX,
      2 * this.#timeoutMs,
    );
    await this.#cleaned;
    const home = await mkdtemp(join(tmpdir(), FOLDER_PREFIX));
    try {
      await writeFile(
        join(home, 'config.json'),
        JSON.stringify(this.#dockerConfig()),
        { mode: 0o600 },
      );
      const result = await runTool(path, args, {
        env: {
          ...pickEnvironment(this.#env),
          HOME: home,
          DOCKER_CONFIG: home,
          ...options.env,
        },
        timeoutMs: this.#timeoutMs,
        signal: options.signal,
      });
      return {
        ...result,
        stderr: this.#withoutPassword(result.stderr),
      };
    } catch (error) {
      throw isError(error) &&
        (error.code === 'ENOENT' || error.code === 'EACCES')
        ? new ToolUnavailableError(
            `${tool} cannot be started: ${error.message}; see whether ${path} is still there`,
          )
        : error;
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  }

  #dockerConfig(): { auths: Record<string, { auth: string }> } {
    const auth = this.basicCredentials();
    const host =
      this.host === 'docker.io' || this.host === 'index.docker.io'
        ? 'https://index.docker.io/v1/'
        : this.host;
    return { auths: auth ? { [host]: { auth } } : {} };
  }

  /** User and password as HTTP's Basic authentication has them. */
  basicCredentials(): string | undefined {
    const { username, password } = this.config;
    return username === undefined || password === undefined
      ? undefined
      : Buffer.from(`${username}:${password}`).toString('base64');
  }

  #withoutPassword(text: string): string {
    const { password } = this.config;
    return [password, this.basicCredentials()]
      .filter((secret): secret is string => Boolean(secret))
      .reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
  }
}
