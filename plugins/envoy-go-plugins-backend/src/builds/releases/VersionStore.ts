import type { RepositoryKey } from '../../marketplace';
import type { AuditRecordStore } from '../../audit';
import type { StoredVersion, VersionKey } from './StoredVersion';

/** What belongs together is written together. */
export type VersionRecord = Parameters<AuditRecordStore['add']>[0];

/** What became of versions. */
export interface VersionStore {
  find(key: VersionKey): Promise<StoredVersion | undefined>;
  /** Of one repository, those published last first. */
  list(repository: RepositoryKey): Promise<StoredVersion[]>;
  /** Of all repositories: those that are published or proven, the last first. */
  listLatest(range: {
    offset: number;
    limit: number;
  }): Promise<StoredVersion[]>;
  /**
   * Changes a version, one caller at a time.
   *
   * @param change - makes what is to be stored, of what is; with what goes into the record,
   * in the same transaction. `undefined` leaves all as it is. Versions that are not those of
   * the key may be among those to be stored, of the same repository.
   * @returns what is stored of the version
   */
  change(
    key: VersionKey,
    change: (
      known: StoredVersion | undefined,
      others: StoredVersion[],
    ) => { versions: StoredVersion[]; record?: VersionRecord } | undefined,
  ): Promise<StoredVersion | undefined>;
  /** Repositories with a version of which the registry has not heard that it is yanked. */
  listUnfollowed(): Promise<RepositoryKey[]>;
}
