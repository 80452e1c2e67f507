import { ConflictError, isError } from '@backstage/errors';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import type { Collection } from './Collection';

type AnyRecord = { id: number };

/** The part of a collection that the journal works with, whatever the records are. */
type JournaledCollection = Pick<
  Collection<AnyRecord>,
  'list' | 'put' | 'delete' | 'listen'
>;

interface Snapshot {
  generation: number;
  lastId: number;
  records: Record<string, AnyRecord[]>;
}

interface ChangeLine {
  lastId: number;
  put: Record<string, AnyRecord[]>;
  removed: Record<string, number[]>;
}

/**
 * Keeps collections on disk: a snapshot, replaced atomically when the journal is opened and closed, and after it one line
 * for each batch of changes. The cost of a change does not depend on how much there is. A last line that was cut off by
 * the death of the process belongs to a change that nobody was told about and is left out.
 */
export class Journal {
  readonly #folder: string;
  readonly #collections: Map<string, JournaledCollection>;
  #generation = 0;
  #lastId = 1000;
  #changes?: fs.FileHandle;
  #put = new Map<string, Map<number, AnyRecord>>();
  #removed = new Map<string, Set<number>>();
  #dirty = false;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    folder: string,
    collections: Map<string, JournaledCollection>,
  ) {
    this.#folder = folder;
    this.#collections = collections;
  }

  /** Fills the collections from a folder and from then on writes their changes to it. */
  static async open(folder: string, collections: object): Promise<Journal> {
    await fs.mkdir(folder, { recursive: true });
    const journal = new Journal(
      folder,
      new Map<string, JournaledCollection>(Object.entries(collections)),
    );
    await journal.#load();
    await journal.#compact();
    for (const [name, collection] of journal.#collections) {
      collection.listen({
        changed: record => journal.#noteChanged(name, record),
        removed: id => journal.#noteRemoved(name, id),
      });
    }
    return journal;
  }

  nextId(): number {
    this.#lastId += 1;
    this.#dirty = true;
    return this.#lastId;
  }

  async saved(): Promise<void> {
    if (this.#dirty) {
      this.#writing = this.#writing.then(() => this.#append());
    }
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.saved();
    await this.#compact();
    await this.#changes?.close();
    this.#changes = undefined;
  }

  /** Lets go of the files; what was not saved is forgotten. */
  async abandon(): Promise<void> {
    // Whether that succeeds concerns whoever waits for it to be saved.
    await Promise.allSettled([this.#writing]);
    await this.#changes?.close();
    this.#changes = undefined;
  }

  #noteChanged(name: string, record: AnyRecord): void {
    const records = this.#put.get(name) ?? new Map<number, AnyRecord>();
    records.set(record.id, record);
    this.#put.set(name, records);
    this.#removed.get(name)?.delete(record.id);
    this.#dirty = true;
  }

  #noteRemoved(name: string, id: number): void {
    this.#put.get(name)?.delete(id);
    const ids = this.#removed.get(name) ?? new Set<number>();
    ids.add(id);
    this.#removed.set(name, ids);
    this.#dirty = true;
  }

  async #append(): Promise<void> {
    if (!this.#dirty) {
      return;
    }
    if (!this.#changes) {
      throw new ConflictError(
        'The state was closed while a change was being made; the change is not kept',
      );
    }
    const line: ChangeLine = { lastId: this.#lastId, put: {}, removed: {} };
    for (const [name, records] of this.#put) {
      line.put[name] = [...records.values()];
    }
    for (const [name, ids] of this.#removed) {
      line.removed[name] = [...ids];
    }
    this.#put = new Map();
    this.#removed = new Map();
    this.#dirty = false;
    await this.#changes.appendFile(`${JSON.stringify(line)}\n`);
  }

  async #load(): Promise<void> {
    const snapshot = await this.#readSnapshot();
    if (!snapshot) {
      return;
    }
    this.#generation = snapshot.generation;
    this.#lastId = snapshot.lastId;
    this.#putAll(snapshot.records);
    for (const line of await this.#readChanges()) {
      this.#lastId = line.lastId;
      this.#putAll(line.put);
      for (const [name, ids] of Object.entries(line.removed)) {
        ids.forEach(id => this.#collections.get(name)?.delete(id));
      }
    }
  }

  #putAll(records: Record<string, AnyRecord[]>): void {
    for (const [name, list] of Object.entries(records)) {
      list.forEach(record => this.#collections.get(name)?.put(record));
    }
  }

  async #readSnapshot(): Promise<Snapshot | undefined> {
    const text = await readIfThere(this.#snapshotFile());
    return text === undefined ? undefined : JSON.parse(text);
  }

  async #readChanges(): Promise<ChangeLine[]> {
    const text = (await readIfThere(this.#changesFile())) ?? '';
    const lines = text.split('\n');
    lines.pop();
    return lines.map(line => JSON.parse(line));
  }

  async #compact(): Promise<void> {
    const before = this.#changesFile();
    const open = this.#changes;
    this.#generation += 1;
    const snapshot: Snapshot = {
      generation: this.#generation,
      lastId: this.#lastId,
      records: {},
    };
    for (const [name, collection] of this.#collections) {
      snapshot.records[name] = collection.list();
    }
    this.#changes = await fs.open(this.#changesFile(), 'w');
    const temporary = `${this.#snapshotFile()}.${process.pid}.tmp`;
    await fs.writeFile(temporary, JSON.stringify(snapshot));
    await fs.rename(temporary, this.#snapshotFile());
    await open?.close();
    await fs.rm(before, { force: true });
  }

  #snapshotFile(): string {
    return path.join(this.#folder, 'snapshot.json');
  }

  #changesFile(): string {
    return path.join(this.#folder, `changes-${this.#generation}.jsonl`);
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    if (isError(error) && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
