export type { Difference } from './compare';
export * from './EnvoyProof';
export type {
  CaseResult,
  ProofOutcome,
  ProofReport,
  ProofResult,
  ProofRun,
  StepDifference,
} from './ProofReport';
export { envoyProofSchema, parseProof, readProof } from './readProof';
export * from './runProof';
export * from './proveDirectories';
export * from './curlCommand';
export { formatReport } from './formatReport';
