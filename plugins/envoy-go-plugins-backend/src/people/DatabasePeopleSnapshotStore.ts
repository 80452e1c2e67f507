import type { Knex } from 'knex';
import type {
  PeoplePart,
  PeopleReadings,
  PeopleSnapshot,
  PeopleSnapshotStore,
} from './PeopleSnapshotStore';

interface OrganizationPeopleRow {
  host: string;
  organization: string;
  part: PeoplePart;
  changed_at: string | null;
  as_of: string | null;
  value: string | null;
}

/** Keeps it in the plugin's database. */
export class DatabasePeopleSnapshotStore implements PeopleSnapshotStore {
  readonly #db: Knex;
  readonly #host: string;
  readonly #organization: string;

  constructor(options: { db: Knex; host: string; organization: string }) {
    this.#db = options.db;
    this.#host = options.host;
    this.#organization = options.organization.toLocaleLowerCase('en-US');
  }

  async find<P extends PeoplePart>(
    part: P,
  ): Promise<PeopleSnapshot<P> | undefined> {
    const row = await this.#table().where(this.#key(part)).first();
    if (!row || row.as_of === null || row.value === null) {
      return undefined;
    }
    return {
      asOf: row.as_of,
      value: JSON.parse(row.value),
      outdated: row.changed_at !== null && row.as_of <= row.changed_at,
    };
  }

  async save<P extends PeoplePart>(
    part: P,
    { asOf, value }: { asOf: string; value: PeopleReadings[P] },
  ): Promise<void> {
    await this.#table()
      .insert({
        ...this.#key(part),
        as_of: asOf,
        value: JSON.stringify(value),
      })
      .onConflict(['host', 'organization', 'part'])
      .merge(['as_of', 'value'])
      .where(row =>
        row
          .whereNull('organization_people.as_of')
          .orWhere('organization_people.as_of', '<=', asOf),
      );
  }

  async outdate(parts: PeoplePart[], at: string): Promise<void> {
    for (const part of parts) {
      await this.#table()
        .insert({ ...this.#key(part), changed_at: at })
        .onConflict(['host', 'organization', 'part'])
        .merge(['changed_at'])
        .where(row =>
          row
            .whereNull('organization_people.changed_at')
            .orWhere('organization_people.changed_at', '<', at),
        );
    }
  }

  #table() {
    return this.#db<OrganizationPeopleRow>('organization_people');
  }

  #key(part: PeoplePart) {
    return { host: this.#host, organization: this.#organization, part };
  }
}
