import { DuplicatePluginError, PluginNotFoundError } from '../errors';
import { MountedPlugin } from './MountedPlugin';

/** Which plugins a call may go to. @public */
export interface PluginQuery {
  name?: string;
  version?: string;
  interface?: string;
}

/** How one of several is chosen. @public */
export type Choice = 'round robin' | 'least busy';

interface Waiter {
  query: PluginQuery;
  found: (plugin: MountedPlugin) => void;
}

/**
 * The plugins that are mounted.
 *
 * @public
 */
export class PluginRegistry<Entry extends MountedPlugin = MountedPlugin> {
  readonly #plugins = new Map<string, Entry>();
  /** The ids by interface, the one whose turn it is first. */
  readonly #turns = new Map<string, Set<Entry>>();
  readonly #byName = new Map<string, Set<Entry>>();
  readonly #waiters = new Set<Waiter>();

  /** All of them, or those that match. */
  list(query: PluginQuery = {}): Entry[] {
    return [...this.#candidates(query)].filter(plugin =>
      matches(plugin, query),
    );
  }

  /** The plugin of that name; without a version the one mounted last. */
  get(name: string, version?: string): Entry | undefined {
    return version === undefined
      ? this.list({ name }).at(-1)
      : this.#plugins.get(idOf(name, version));
  }

  /** Resolves as soon as a plugin matches, at once if one does. */
  async waitFor(
    query: string | PluginQuery,
    options: { timeout?: number; signal?: AbortSignal } = {},
  ): Promise<MountedPlugin> {
    const wanted = typeof query === 'string' ? { name: query } : query;
    const there = this.list(wanted).at(-1);
    if (there) {
      return there;
    }
    const { timeout = 30_000, signal } = options;
    signal?.throwIfAborted();
    let waiter: Waiter | undefined;
    let timer: NodeJS.Timeout | undefined;
    let aborted: (() => void) | undefined;
    try {
      return await new Promise<MountedPlugin>((resolve, reject) => {
        waiter = { query: wanted, found: resolve };
        this.#waiters.add(waiter);
        timer = setTimeout(
          () =>
            reject(
              new PluginNotFoundError(
                `No plugin with ${describe(
                  wanted,
                )} was mounted within ${timeout} ms`,
              ),
            ),
          timeout,
        );
        aborted = () => reject(signal?.reason);
        signal?.addEventListener('abort', aborted, { once: true });
      });
    } finally {
      clearTimeout(timer);
      if (waiter) {
        this.#waiters.delete(waiter);
      }
      if (aborted) {
        signal?.removeEventListener('abort', aborted);
      }
    }
  }

  /**
   * One of those that match.
   *
   * @throws PluginNotFoundError
   */
  choose(query: PluginQuery, choice: Choice): Entry {
    const candidates = this.#candidates(query);
    let chosen: Entry | undefined;
    let load = Infinity;
    for (const plugin of candidates) {
      if (matches(plugin, query)) {
        const itsLoad = plugin.pendingCalls / plugin.concurrency;
        if (choice === 'round robin' || itsLoad < load) {
          chosen = plugin;
          load = itsLoad;
        }
        if (choice === 'round robin' || load === 0) {
          break;
        }
      }
    }
    if (!chosen) {
      throw new PluginNotFoundError(
        `No plugin with ${describe(query)} is mounted`,
      );
    }
    // To the end of the line.
    const line = this.#turns.get(chosen.interface);
    line?.delete(chosen);
    line?.add(chosen);
    return chosen;
  }

  /** @throws DuplicatePluginError */
  checkUnique(name: string, version: string): void {
    if (this.#plugins.has(idOf(name, version))) {
      throw new DuplicatePluginError(
        `A plugin ${idOf(
          name,
          version,
        )} is mounted already; give this one another name or version`,
      );
    }
  }

  add(plugin: Entry): void {
    this.checkUnique(plugin.name, plugin.version);
    this.#plugins.set(plugin.id, plugin);
    addTo(this.#turns, plugin.interface, plugin);
    addTo(this.#byName, plugin.name, plugin);
    for (const waiter of [...this.#waiters]) {
      if (matches(plugin, waiter.query)) {
        waiter.found(plugin);
      }
    }
  }

  remove(plugin: Entry): void {
    if (this.#plugins.get(plugin.id) === plugin) {
      this.#plugins.delete(plugin.id);
      removeFrom(this.#turns, plugin.interface, plugin);
      removeFrom(this.#byName, plugin.name, plugin);
    }
  }

  #candidates(query: PluginQuery): Iterable<Entry> {
    if (query.interface !== undefined) {
      return this.#turns.get(query.interface) ?? [];
    }
    if (query.name !== undefined) {
      return this.#byName.get(query.name) ?? [];
    }
    return this.#plugins.values();
  }
}

/** NAME@VERSION */
export function idOf(name: string, version: string): string {
  return `${name}@${version}`;
}

function matches(plugin: MountedPlugin, query: PluginQuery): boolean {
  return (
    (query.name === undefined || plugin.name === query.name) &&
    (query.version === undefined || plugin.version === query.version) &&
    (query.interface === undefined || plugin.interface === query.interface)
  );
}

function describe(query: PluginQuery): string {
  return (
    Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key} "${value}"`)
      .join(' and ') || 'any name'
  );
}

function addTo<T>(sets: Map<string, Set<T>>, key: string, value: T): void {
  const set = sets.get(key) ?? new Set();
  set.add(value);
  sets.set(key, set);
}

function removeFrom<T>(sets: Map<string, Set<T>>, key: string, value: T): void {
  const set = sets.get(key);
  set?.delete(value);
  if (set?.size === 0) {
    sets.delete(key);
  }
}
