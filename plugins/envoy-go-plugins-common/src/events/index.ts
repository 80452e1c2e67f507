export * from './entityChanged';
