export { NewRequestContent } from './NewRequestContent';
