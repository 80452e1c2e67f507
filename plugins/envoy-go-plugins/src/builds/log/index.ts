export { BuildLog } from './BuildLog';
export { plainText } from './terminalText';
