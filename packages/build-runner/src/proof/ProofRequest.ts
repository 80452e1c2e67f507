/** What a prover is told, as JSON on its command line. */
export interface ProofRequest {
  /** The plugin's folder. */
  directory: string;
  /** Path of the library in the sandbox. */
  library: string;
  /** What stands in for Envoy. */
  executable: string;
}
