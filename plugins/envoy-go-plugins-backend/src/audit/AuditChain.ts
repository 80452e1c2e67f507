import { createHash } from 'node:crypto';

/** What stands in the first link's place of the one before. */
export const CHAIN_BEGINNING = '0'.repeat(64);

/** What of a row is under its hash: all that it says, as it is stored. */
export interface ChainedRow {
  /** From 1, without gaps. */
  number: number;
  previousHash: string;
  at: string;
  actor: string;
  action: string;
  subject: string | null;
  outcome: string;
  message: string;
  /** JSON. */
  details: string | null;
  /** JSON. */
  before: string | null;
  /** JSON. */
  after: string | null;
  requestId: string | null;
}

/** The hash of a row: SHA-256 over the JSON array of its values, in hex digits. */
export function hashOf(row: ChainedRow): string {
  return createHash('sha256')
    .update(
      JSON.stringify([
        row.number,
        row.previousHash,
        row.at,
        row.actor,
        row.action,
        row.subject,
        row.outcome,
        row.message,
        row.details,
        row.before,
        row.after,
        row.requestId,
      ]),
    )
    .digest('hex');
}

/** A place where the record is not what was written. */
export interface ChainProblem {
  /** Of the record at which it shows; `undefined` where it has none. */
  number?: number;
  kind: 'changed' | 'missing' | 'foreign';
  /** A sentence. */
  message: string;
}

/** So many problems are told one by one. */
const TOLD_PROBLEMS = 100;

/**
 * Follows the chain of hashes from the first row to the last and finds rows that were
 * changed, removed or put in.
 */
export class ChainVerification {
  readonly problems: ChainProblem[] = [];
  readonly #known: string | undefined;
  #knownSeen = false;
  #next = 1;
  #previous = CHAIN_BEGINNING;

  /** @param known - a hash that the record once ended with, kept elsewhere */
  constructor(known?: string) {
    this.#known = known;
  }

  /** How many rows there should have been until now. */
  get length(): number {
    return this.#next - 1;
  }

  /** Hash of the last row. */
  get hash(): string {
    return this.#previous;
  }

  /** Looks at the next row; they come by number. */
  add(row: ChainedRow, hash: string): void {
    const { number } = row;
    if (number < this.#next) {
      this.#tell({
        number,
        kind: 'foreign',
        message: `There is another record with the number ${number}`,
      });
      return;
    }
    if (number > this.#next) {
      this.#tell(missing(this.#next, number - 1));
    } else if (row.previousHash !== this.#previous) {
      this.#tell({
        number,
        kind: 'changed',
        message: `Record ${number} does not follow what stands before it: ${
          number === 1 ? 'it' : `record ${number - 1}, or it itself,`
        } was put in another's place`,
      });
    }
    if (hashOf(row) !== hash) {
      this.#tell({
        number,
        kind: 'changed',
        message: `Record ${number} says something else than when it was written`,
      });
    }
    this.#next = number + 1;
    this.#previous = hash;
    this.#knownSeen ||= hash === this.#known;
  }

  /** @param head - where the record says that it ends, where it does */
  end(head?: { length: number; hash: string }): void {
    if (this.#known !== undefined && !this.#knownSeen) {
      this.#tell({
        kind: 'changed',
        message: `No record has the hash ${
          this.#known
        }: all of it was written anew, or the one with it is missing`,
      });
    }
    if (!head) {
      return;
    }
    if (head.length > this.length) {
      this.#tell(missing(this.#next, head.length));
    } else if (head.length < this.length) {
      this.#tell({
        number: head.length + 1,
        kind: 'foreign',
        message: `The record ended with number ${head.length}; what follows was put in`,
      });
    } else if (head.hash !== this.#previous) {
      this.#tell({
        number: this.length,
        kind: 'changed',
        message: `Record ${this.length} is not the one that the record ended with`,
      });
    }
  }

  /** Rows that are not in the chain at all. */
  foreign(count: number): void {
    if (count > 0) {
      this.#tell({
        kind: 'foreign',
        message: `${count} rows have no number: they were not written by the portal`,
      });
    }
  }

  #tell(problem: ChainProblem): void {
    if (this.problems.length < TOLD_PROBLEMS) {
      this.problems.push(problem);
    }
  }
}

function missing(from: number, to: number): ChainProblem {
  return {
    number: from,
    kind: 'missing',
    message:
      from === to
        ? `Record ${from} is missing`
        : `Records ${from} to ${to} are missing`,
  };
}
