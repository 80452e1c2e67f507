export { BuildContent, buildTitle } from './BuildContent';
export { BuildSteps } from './BuildSteps';
