export { OpenPages } from './OpenPages';
