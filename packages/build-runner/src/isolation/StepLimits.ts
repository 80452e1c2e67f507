const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/**
 * What one step of a build may use.
 *
 * @public
 */
export interface StepLimits {
  /** Milliseconds of time. */
  wallMs: number;
  /** Seconds of processor time, of each process and of all together. */
  cpuSeconds: number;
  /** Bytes of memory of all processes together (resident; looked at four times a second). */
  memoryBytes: number;
  /** Bytes of address space of each process. */
  addressSpaceBytes: number;
  /** Processes and threads at once. */
  processes: number;
  /** Open files of each process. */
  openFiles: number;
  /** Bytes of the largest file. */
  fileBytes: number;
  /** Bytes of output that are kept; what comes after them is left out, with a note. */
  keptOutputBytes: number;
  /** Bytes of output after which the step is killed. */
  outputBytes: number;
}

/**
 * What a build may use, beside the limits of its steps.
 *
 * @public
 */
export interface ScratchLimits {
  /** Bytes that the build may have on disk at once (held in memory). */
  bytes: number;
  /** Files and folders that the build may have at once. */
  files: number;
}

/**
 * Enough for a filter and its tests; not for a whole service.
 *
 * @public
 */
export const DEFAULT_STEP_LIMITS: StepLimits = {
  wallMs: 10 * 60_000,
  cpuSeconds: 20 * 60,
  memoryBytes: 3 * GIB,
  addressSpaceBytes: 16 * GIB,
  processes: 512,
  openFiles: 4096,
  fileBytes: GIB,
  keptOutputBytes: 2 * MIB,
  outputBytes: 64 * MIB,
};

/** @public */
export const DEFAULT_SCRATCH_LIMITS: ScratchLimits = {
  bytes: 2 * GIB,
  files: 200_000,
};
