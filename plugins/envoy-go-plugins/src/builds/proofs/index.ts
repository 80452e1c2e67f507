export { ProofCases } from './ProofCases';
export { ProofList } from './ProofList';
export { PROOF_WORDS, compareEnvoyVersions } from './proofWords';
export type { ShownProofOutcome } from './proofWords';
