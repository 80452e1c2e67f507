import { isError } from '@backstage/errors';
import { createMockDirectory } from '@backstage/backend-test-utils';
import { Octokit } from '@octokit/rest';
import { GitHubEmulator, GitHubEmulatorOptions } from '../index';
import { startGitHubEmulator } from '../startGitHubEmulator';
import { TEST_SEED } from './testSeed';
import { allWebhookViolations } from './webhookTruth';

/** An emulator that a test file has to itself. */
export class TestEmulator {
  #running?: GitHubEmulator;

  get running(): GitHubEmulator {
    if (!this.#running) {
      throw new Error('The emulator is started in beforeAll');
    }
    return this.#running;
  }

  get url(): string {
    return this.running.url;
  }

  set(running: GitHubEmulator | undefined): void {
    this.#running = running;
  }

  /** GitHub's own client, speaking for an account of the seed, or for nobody. */
  client(login?: string): Octokit {
    return new Octokit({
      baseUrl: this.running.apiBaseUrl,
      auth: login && `${login}-token`,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
  }

  /** The status and body of a plain request. */
  async fetch(
    path: string,
    init: Omit<RequestInit, 'headers'> & {
      headers?: Record<string, string>;
      login?: string;
    } = {},
  ): Promise<Response> {
    const { login, headers, ...rest } = init;
    return await fetch(`${this.url}${path}`, {
      redirect: 'manual',
      ...rest,
      headers: {
        ...(login && { authorization: `token ${login}-token` }),
        ...headers,
      },
    });
  }
}

/**
 * Starts an emulator for the tests of a file. When they are over it must have found nothing, in any request or answer,
 * that contradicts GitHub's own description, and no payload of a webhook that contradicts GitHub's schemas.
 */
export function setupTestEmulator(
  options: Partial<GitHubEmulatorOptions> = {},
): TestEmulator {
  const directory = createMockDirectory();
  const emulator = new TestEmulator();
  beforeAll(async () => {
    emulator.set(
      await startGitHubEmulator({
        stateDir: directory.resolve('state'),
        seed: TEST_SEED,
        validate: 'record',
        ...options,
      }),
    );
  });
  afterAll(async () => {
    const { running } = emulator;
    emulator.set(undefined);
    await running.close();
    expect(running.violations()).toEqual([]);
    expect(allWebhookViolations(running.state)).toEqual([]);
  });
  return emulator;
}

/** What a request that must fail is answered with. */
export async function refusal(
  request: Promise<unknown>,
): Promise<{ status: number; message: string; fields: string[] }> {
  try {
    await request;
  } catch (error) {
    if (isError(error) && typeof error.status === 'number') {
      const data: unknown = Reflect.get(Object(error.response), 'data');
      const errors: unknown = Reflect.get(Object(data), 'errors');
      return {
        status: error.status,
        message: String(Reflect.get(Object(data), 'message')),
        fields: Array.isArray(errors)
          ? errors.map(one => String(one.message ?? one.field ?? one))
          : [],
      };
    }
    throw error;
  }
  throw new Error('The request was not refused');
}
