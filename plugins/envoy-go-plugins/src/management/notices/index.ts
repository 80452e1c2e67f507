export { DeprecationNotice } from './DeprecationNotice';
