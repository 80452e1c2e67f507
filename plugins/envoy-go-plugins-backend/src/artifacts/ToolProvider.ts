/** A program that artifacts are made with. */
export type ArtifactTool = 'crane' | 'cosign';

/** Where the programs are that artifacts are made with. */
export interface ToolProvider {
  /**
   * The path of a program, which is installed first where there is none.
   *
   * @throws ToolUnavailableError when there is none and it cannot be installed
   */
  path(tool: ArtifactTool, options?: { signal?: AbortSignal }): Promise<string>;
}
