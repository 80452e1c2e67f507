export { ReviewsRoutes } from './ReviewsRoutes';
