export { proveInside } from './proveInside';
export { proveRelease } from './proveRelease';
export type { ProofRequest } from './ProofRequest';
