import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Entity } from '@backstage/catalog-model';
import type { JsonObject } from '@backstage/types';
import { freePort } from '../src/testing/freePort';

/** What a backend is told to be. */
export interface GivenBackend {
  config: JsonObject;
  /** All that its catalog has. */
  entities: Entity[];
}

/** A backend that was started for a benchmark. */
export interface ConfiguredBackend {
  /** Asks the API of our plugin, as somebody who may read: a path that begins with `/`. */
  ask<T>(path: string): Promise<T>;
  stop(): Promise<void>;
}

/**
 * Starts a backend with our plugin in a process of its own.
 *
 * @param options - `config`: all but the backend's address
 */
export async function startConfiguredBackend(options: {
  config: { database: JsonObject; others: JsonObject };
  entities: Entity[];
  env?: NodeJS.ProcessEnv;
}): Promise<ConfiguredBackend> {
  const port = await freePort();
  const given: GivenBackend = {
    config: {
      ...options.config.others,
      backend: {
        baseUrl: `http://127.0.0.1:${port}`,
        listen: { host: '127.0.0.1', port },
        database: options.config.database,
      },
    },
    entities: options.entities,
  };
  const child = fork(resolve(__dirname, 'configuredBackend.ts'), {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      ...options.env,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  child.send(given);
  await new Promise<void>((resolved, rejected) => {
    // What transpiles TypeScript sends messages of its own
    child.on('message', message => message === 'ready' && resolved());
    ended.then(
      () => rejected(new Error('The backend ended before it was ready')),
      rejected,
    );
  });
  return {
    async ask(path) {
      const answer = await fetch(
        `http://127.0.0.1:${port}/api/envoy-go-plugins${path}`,
      );
      if (!answer.ok) {
        throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      }
      return answer.json();
    },
    async stop() {
      if (child.connected) {
        child.disconnect();
      }
      await ended;
    },
  };
}
