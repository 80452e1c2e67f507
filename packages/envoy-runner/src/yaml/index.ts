export { escapePointer, fieldPath } from './fieldPath';
export { parseYaml } from './parseYaml';
export { readTextFile } from './readTextFile';
export { withoutControls } from './withoutControls';
