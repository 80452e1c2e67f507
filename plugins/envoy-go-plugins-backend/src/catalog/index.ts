export { createOwnerLookup, type OwnerLookup } from './createOwnerLookup';
