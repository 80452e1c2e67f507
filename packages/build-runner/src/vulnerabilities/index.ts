export { installGovulncheck } from './installGovulncheck';
export { mergeFindings } from './readFindings';
export { scanLibrary } from './scanLibrary';
export type {
  FoundVulnerability,
  VulnerabilityReport,
} from './VulnerabilityReport';
