export * from './codes';
export * from './decode';
export * from './encode';
export * from './frames';
export * from './service';
