export { EnvoyProofs } from './EnvoyProofs';
export { ProofSummaryCard } from './ProofSummaryCard';
export { VerifiedLabel, verifiedSentence } from './VerifiedLabel';
