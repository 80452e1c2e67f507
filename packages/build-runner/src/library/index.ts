export * from './checkLibrary';
export * from './readElf';
