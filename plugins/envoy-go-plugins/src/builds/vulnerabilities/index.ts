export { VulnerabilityList } from './VulnerabilityList';
