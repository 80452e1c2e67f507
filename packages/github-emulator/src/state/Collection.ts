import { NotFoundError } from '@backstage/errors';

/** Computes the key under which an index keeps a record. */
export type IndexKey<T> = (record: T) => string | number | undefined;

/** What a collection tells the store that keeps it. */
export interface CollectionListener<T> {
  changed(record: T): void;
  removed(id: number): void;
}

/**
 * Records of one kind in memory, in the order of their creation, with indexes.
 * Records are never changed in place: {@link Collection.update} replaces them.
 */
export class Collection<
  T extends { id: number },
  TIndex extends string = never,
> {
  readonly #records = new Map<number, T>();
  readonly #indexes: Record<TIndex, Map<string | number, Set<number>>>;
  readonly #keys: Record<TIndex, IndexKey<T>>;
  #listener?: CollectionListener<T>;

  constructor(keys: Record<TIndex, IndexKey<T>>) {
    this.#keys = keys;
    this.#indexes = this.#emptyIndexes();
  }

  /** Sets who is told about changes; changes before that are told to nobody. */
  listen(listener: CollectionListener<T>): void {
    this.#listener = listener;
  }

  get size(): number {
    return this.#records.size;
  }

  get(id: number | undefined): T | undefined {
    return id === undefined ? undefined : this.#records.get(id);
  }

  list(): T[] {
    return [...this.#records.values()];
  }

  /** All records that an index keeps under a key, oldest first. */
  by(index: TIndex, key: string | number): T[] {
    const ids = [...(this.#indexes[index].get(key) ?? [])];
    return ids
      .sort((a, b) => a - b)
      .map(id => this.#records.get(id))
      .filter((record): record is T => record !== undefined);
  }

  /** The oldest record that an index keeps under a key. */
  firstBy(index: TIndex, key: string | number): T | undefined {
    return this.by(index, key)[0];
  }

  /** How many records an index keeps under a key. */
  countBy(index: TIndex, key: string | number): number {
    return this.#indexes[index].get(key)?.size ?? 0;
  }

  /** Adds a record, or replaces the one with the same id. */
  put(record: T): T {
    const before = this.#records.get(record.id);
    if (before) {
      this.#unindex(before);
    }
    this.#records.set(record.id, record);
    for (const index of this.#indexNames()) {
      const key = this.#keys[index](record);
      if (key !== undefined) {
        const ids = this.#indexes[index].get(key) ?? new Set();
        ids.add(record.id);
        this.#indexes[index].set(key, ids);
      }
    }
    this.#listener?.changed(record);
    return record;
  }

  /** Replaces some fields of a record. */
  update(id: number, change: Partial<Omit<T, 'id'>>): T {
    const before = this.#records.get(id);
    if (!before) {
      throw new NotFoundError(
        `There is no record ${id} to update; it was deleted in between`,
      );
    }
    return this.put({ ...before, ...change });
  }

  delete(id: number): void {
    const before = this.#records.get(id);
    if (before) {
      this.#unindex(before);
      this.#records.delete(id);
      this.#listener?.removed(id);
    }
  }

  /** Deletes all records that an index keeps under a key. */
  deleteBy(index: TIndex, key: string | number): void {
    for (const record of this.by(index, key)) {
      this.delete(record.id);
    }
  }

  #indexNames(): TIndex[] {
    const names: TIndex[] = [];
    for (const name in this.#keys) {
      if (Object.hasOwn(this.#keys, name)) {
        names.push(name);
      }
    }
    return names;
  }

  #emptyIndexes() {
    const indexes: Partial<Record<TIndex, Map<string | number, Set<number>>>> =
      {};
    for (const name of this.#indexNames()) {
      indexes[name] = new Map();
    }
    return indexes as Record<TIndex, Map<string | number, Set<number>>>;
  }

  #unindex(record: T): void {
    for (const index of this.#indexNames()) {
      const key = this.#keys[index](record);
      if (key !== undefined) {
        const ids = this.#indexes[index].get(key);
        ids?.delete(record.id);
        if (ids?.size === 0) {
          this.#indexes[index].delete(key);
        }
      }
    }
  }
}
