export { StarButton } from './StarButton';
export { useStar } from './useStar';
export type { Star } from './useStar';
