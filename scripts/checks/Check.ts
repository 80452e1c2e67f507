export interface CheckContext {
  /** The checkout. */
  root: string;
  /** For files of this run; removed at its end. */
  workDir: string;
  env: NodeJS.ProcessEnv;
}

export interface CheckResult {
  passed: number;
  failed: number;
  /** What to read when something failed. */
  output: string;
}

/** One part of `npm test`. */
export interface Check {
  name: string;
  summary: string;
  run(context: CheckContext): Promise<CheckResult>;
}
