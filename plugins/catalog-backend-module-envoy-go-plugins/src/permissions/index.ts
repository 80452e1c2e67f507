export * from './isNamed';
