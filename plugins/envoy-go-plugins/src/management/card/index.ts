export { ManagementCard } from './ManagementCard';
