export { serveRunner } from '../../../serve/serveRunner';
