export { ReadmeCard } from './ReadmeCard';
export { RepositoryMarkdown } from './RepositoryMarkdown';
