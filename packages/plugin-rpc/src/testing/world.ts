import { Core, CoreOptions } from '../core';
import { Plugin, PluginOptions, MountOptions } from '../plugin';
import { RawPlugin } from './RawPlugin';
import { TcpProxy } from './TcpProxy';

/** Cores, plugins and proxies of one test, closed together. */
export class World {
  readonly #closers: (() => unknown)[] = [];

  /** A core that listens; its token is `secret`. */
  async core(
    options: CoreOptions = {},
  ): Promise<{ core: Core; address: string }> {
    const core = new Core({ tokens: ['secret'], ...options });
    this.#closers.push(() => core.close({ grace: 0 }));
    const { address } = await core.serve({ address: '127.0.0.1:0' });
    return { core, address };
  }

  plugin(
    functions: PluginOptions['functions'],
    options: Partial<PluginOptions> = {},
  ): Plugin {
    const plugin = new Plugin({
      name: 'math',
      version: '1.0.0',
      functions,
      reconnect: { initial: 5, max: 50 },
      ...options,
    });
    this.#closers.push(() => plugin.unmount('test over', { grace: 0 }));
    return plugin;
  }

  /** A core with one plugin mounted on it. */
  async pair(
    functions: PluginOptions['functions'],
    options: {
      core?: CoreOptions;
      plugin?: Partial<PluginOptions>;
      mount?: Partial<MountOptions>;
    } = {},
  ): Promise<{ core: Core; plugin: Plugin; address: string }> {
    const { core, address } = await this.core(options.core);
    const plugin = this.plugin(functions, options.plugin);
    await plugin.mount({ address, token: 'secret', ...options.mount });
    return { core, plugin, address };
  }

  raw(address: string): RawPlugin {
    const raw = new RawPlugin(address);
    this.#closers.push(() => raw.close());
    return raw;
  }

  async proxy(address: string): Promise<TcpProxy> {
    const proxy = await TcpProxy.start(Number(address.split(':')[1]));
    this.#closers.push(() => proxy.close());
    return proxy;
  }

  onClose(closer: () => unknown): void {
    this.#closers.push(closer);
  }

  async close(): Promise<void> {
    for (const closer of this.#closers.splice(0).reverse()) {
      await closer();
    }
  }
}

/** Waits until a condition holds. */
export async function until(
  condition: () => boolean,
  what: string = 'the condition',
): Promise<void> {
  const giveUpAt = performance.now() + 8_000;
  while (!condition()) {
    if (performance.now() > giveUpAt) {
      throw new Error(`Waited in vain for ${what}`);
    }
    await new Promise(resolve => setTimeout(resolve, 2));
  }
}

/** A promise and the function that resolves it. */
export function gate<T = void>(): {
  opened: Promise<T>;
  open: (value: T) => void;
} {
  let open: (value: T) => void = () => {};
  const opened = new Promise<T>(resolve => {
    open = resolve;
  });
  return { opened, open };
}

/** Whether nothing is held for calls. */
export function holdsNothing(held: Record<string, number>): boolean {
  return Object.values(held).every(count => count === 0);
}
