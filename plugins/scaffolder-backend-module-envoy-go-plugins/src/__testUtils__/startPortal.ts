import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import catalogModuleTemplates from '@backstage/plugin-catalog-backend-module-scaffolder-entity-model';
import scaffolderPlugin from '@backstage/plugin-scaffolder-backend';
import scaffolderModuleGitHub from '@backstage/plugin-scaffolder-backend-module-github';
import type { JsonObject } from '@backstage/types';
import catalogModuleEnvoyGoPlugins from '@envoy-go/backstage-plugin-catalog-backend-module-envoy-go-plugins';
import { resolve } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import scaffolderModuleEnvoyGoPlugins from '../index';

const TEMPLATES = resolve(__dirname, '../../../../templates/all.yaml');

/** Milliseconds between two questions while waiting for an answer. */
const ASK_AGAIN_MS = 50;

/** How a task of the scaffolder ended. */
export interface EndedTask {
  status: string;
  /** What the last page shows. */
  output?: {
    links?: Array<{ title?: string; url?: string; entityRef?: string }>;
    text?: Array<{ title?: string; content?: string }>;
  };
  /** Everything that its steps logged. */
  log: string;
}

/** A portal with a catalog, a scaffolder and the templates. */
export interface Portal {
  /** Runs a template for somebody who has filled in its form, until it ends. */
  create(task: {
    template: string;
    values: JsonObject;
    /** The user's own token, as the repository picker gets it. */
    token?: string;
  }): Promise<EndedTask>;
  entity(ref: string): Promise<Entity | undefined>;
  /** Waits for an entity. */
  entityAppears(ref: string): Promise<Entity>;
  /** Registers a location in the catalog. */
  register(target: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a portal with the real catalog and scaffolder, and waits for its templates.
 *
 * @param github - the GitHub it knows
 */
export async function startPortal(github: {
  host: string;
  apiBaseUrl: string;
  token: string;
}): Promise<Portal> {
  const backend = await startTestBackend({
    features: [
      catalogPlugin,
      catalogModuleTemplates,
      catalogModuleEnvoyGoPlugins,
      scaffolderPlugin,
      scaffolderModuleGitHub,
      scaffolderModuleEnvoyGoPlugins,
      mockServices.rootConfig.factory({
        data: {
          app: { baseUrl: 'http://localhost:3000' },
          backend: { reading: { allow: [{ host: github.host }] } },
          integrations: { github: [github] },
          catalog: {
            rules: [
              { allow: ['Location', 'Template', 'User', 'EnvoyGoPlugin'] },
            ],
            processingInterval: { seconds: 1 },
            locations: [{ type: 'file', target: TEMPLATES }],
          },
        },
      }),
    ],
  });
  const base = `http://localhost:${backend.server.port()}/api`;
  const call = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${base}${path}`, {
      ...init,
      headers: {
        authorization: mockCredentials.user.header('user:default/author'),
        'content-type': 'application/json',
      },
    });
    if (!response.ok && response.status !== 404) {
      throw new Error(`${path}: ${response.status} ${await response.text()}`);
    }
    return response;
  };
  const entity = async (ref: string): Promise<Entity | undefined> => {
    const [kind, name] = ref.split(':');
    const response = await call(`/catalog/entities/by-name/${kind}/${name}`);
    return response.ok ? response.json() : undefined;
  };
  const entityAppears = async (ref: string): Promise<Entity> => {
    for (;;) {
      const found = await entity(ref);
      if (found) {
        return found;
      }
      await after(ASK_AGAIN_MS);
    }
  };
  await entityAppears('template:default/envoy-go-filter');
  await entityAppears('template:default/envoy-go-filter-from-example');

  return {
    entity,
    entityAppears,
    async create({ template, values, token }) {
      const created = await call('/scaffolder/v2/tasks', {
        method: 'POST',
        body: JSON.stringify({
          templateRef: `template:default/${template}`,
          values,
          secrets: token ? { USER_OAUTH_TOKEN: token } : {},
        }),
      });
      const { id } = await created.json();
      // The stream ends with the task.
      await (await call(`/scaffolder/v2/tasks/${id}/eventstream`)).text();
      const task = await (await call(`/scaffolder/v2/tasks/${id}`)).json();
      const events: Array<{
        type: string;
        body: { message: string; output?: EndedTask['output'] };
      }> = await (await call(`/scaffolder/v2/tasks/${id}/events`)).json();
      return {
        status: task.status,
        output: events.find(({ type }) => type === 'completion')?.body.output,
        log: events.map(({ body }) => body.message).join('\n'),
      };
    },
    async register(target) {
      await call('/catalog/locations', {
        method: 'POST',
        body: JSON.stringify({ type: 'url', target }),
      });
    },
    stop: () => backend.stop(),
  };
}
