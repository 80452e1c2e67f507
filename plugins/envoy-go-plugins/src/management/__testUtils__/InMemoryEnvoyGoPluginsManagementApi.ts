import type {
  EnvoyGoPluginsManagementApi,
  ManagedPluginList,
  ManagedPluginQuery,
  ManagementAction,
  ManagementOperation,
  PluginLocator,
  PluginManagement,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** What is done in memory: what is asked for begins, and goes on when it is told to. */
export class InMemoryEnvoyGoPluginsManagementApi
  implements EnvoyGoPluginsManagementApi
{
  management: PluginManagement;
  list: ManagedPluginList;
  readonly calls: { method: string; given: unknown }[] = [];
  #refusal: Error | undefined;

  constructor(options: {
    management: PluginManagement;
    list?: ManagedPluginList;
  }) {
    this.management = options.management;
    this.list = options.list ?? {
      items: [],
      totalItems: 0,
      lifecycles: [],
      leaving: [],
    };
  }

  /** What is asked for next is refused. */
  refuse(error: Error): void {
    this.#refusal = error;
  }

  async getManagement(): Promise<PluginManagement> {
    return this.management;
  }

  async listManagedPlugins(
    query: ManagedPluginQuery,
  ): Promise<ManagedPluginList> {
    this.#called('listManagedPlugins', query);
    const { text = '', lifecycle = [] } = query;
    const items = this.list.items.filter(
      plugin =>
        plugin.title
          .toLocaleLowerCase('en-US')
          .includes(text.toLocaleLowerCase('en-US')) &&
        (lifecycle.length === 0 || lifecycle.includes(plugin.lifecycle)),
    );
    return { ...this.list, items, totalItems: items.length };
  }

  async changeOwner(change: PluginLocator & { owner: string; reason: string }) {
    this.#called('changeOwner', change);
    return this.#begin(
      'change-owner',
      `Make ${change.owner} the owner`,
      change,
    );
  }

  async deprecate(
    change: PluginLocator & { reason: string; successor?: string },
  ) {
    this.#called('deprecate', change);
    return this.#begin('deprecate', 'Deprecate it', change);
  }

  async yankVersion(
    change: PluginLocator & { version: string; reason: string },
  ) {
    this.#called('yankVersion', change);
    return this.#begin('yank', `Yank version ${change.version}`, change);
  }

  async rebuildVersion(
    change: PluginLocator & { version: string; reason: string },
  ) {
    this.#called('rebuildVersion', change);
    return this.#begin('rebuild', `Rebuild version ${change.version}`, change);
  }

  async unpublish(change: PluginLocator & { reason: string; to?: string }) {
    this.#called('unpublish', change);
    return this.#begin('unpublish', `Give it back to ${change.to}`, change);
  }

  async retryOperation(change: PluginLocator & { id: string }) {
    this.#called('retryOperation', change);
    const again = (operation: ManagementOperation): ManagementOperation =>
      operation.id === change.id
        ? { ...operation, state: 'running', mayRetry: false }
        : operation;
    this.list = { ...this.list, leaving: this.list.leaving.map(again) };
    this.management = {
      ...this.management,
      operations: this.management.operations.map(again),
    };
    return this.management;
  }

  /** The newest operation is over. */
  end(state: 'done' | 'failed', error?: string): void {
    const [first, ...rest] = this.management.operations;
    this.management = {
      ...this.management,
      operations: [
        {
          ...first,
          state,
          mayRetry: state === 'failed',
          steps: first.steps.map(step => ({ ...step, state, error })),
        },
        ...rest,
      ],
    };
  }

  #called(method: string, given: unknown): void {
    this.calls.push({ method, given });
    if (this.#refusal) {
      const refusal = this.#refusal;
      this.#refusal = undefined;
      throw refusal;
    }
  }

  #begin(
    action: ManagementAction,
    title: string,
    { reason }: { reason: string },
  ): PluginManagement {
    this.management = {
      ...this.management,
      operations: [
        sampleOperation({ action, title, reason, state: 'running' }),
        ...this.management.operations,
      ],
    };
    return this.management;
  }
}

let operations = 0;

/** Something that is done to a plugin. */
export function sampleOperation(
  part: Partial<ManagementOperation> = {},
): ManagementOperation {
  operations += 1;
  const { state = 'done' } = part;
  return {
    id: `operation-${operations}`,
    plugin: { namespace: 'default', name: 'token-auth' },
    action: 'deprecate',
    title: 'Deprecate it',
    state,
    by: 'user:default/admin',
    reason: 'It is slow',
    startedAt: '2026-11-20T10:00:00Z',
    mayRetry: state === 'failed',
    steps: [
      {
        title: 'Propose the change of the description',
        state,
        log: [{ at: '2026-11-20T10:00:01Z', text: 'Made the branch for it' }],
      },
    ],
    ...part,
  };
}

/** What an administrator may do with a plugin to which nothing was done yet. */
export function sampleManagement(
  part: Partial<PluginManagement> = {},
): PluginManagement {
  return {
    plugin: { namespace: 'default', name: 'token-auth' },
    allowedActions: [
      'change-owner',
      'deprecate',
      'yank',
      'rebuild',
      'unpublish',
    ],
    owner: 'group:default/gateway',
    lifecycle: 'production',
    author: 'jo',
    operations: [],
    ...part,
  };
}
