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
export * from './startServices';
export * from './proveDirectories';
export { formatReport } from './formatReport';
export * from './curlCommand';
