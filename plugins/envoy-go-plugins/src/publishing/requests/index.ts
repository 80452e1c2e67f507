export { MyRequestsContent } from './MyRequestsContent';
