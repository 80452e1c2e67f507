const MIB = 1024 * 1024;

/**
 * How large the source of a release may be.
 *
 * @public
 */
export interface SourceLimits {
  /** Bytes of the archive as it comes. */
  archiveBytes: number;
  /** Bytes of all files together. */
  bytes: number;
  /** Bytes of one file. */
  fileBytes: number;
  /** Files and folders. */
  entries: number;
  /** Folders within folders. */
  depth: number;
  /** How many times larger the content may be than the archive, from 1 MiB on. */
  ratio: number;
}

/** @public */
export const DEFAULT_SOURCE_LIMITS: SourceLimits = {
  archiveBytes: 64 * MIB,
  bytes: 256 * MIB,
  fileBytes: 64 * MIB,
  entries: 20_000,
  depth: 32,
  ratio: 100,
};
