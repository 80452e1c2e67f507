export { CommitRef, shortCommit } from './CommitRef';
