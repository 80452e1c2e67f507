import { goPackageName, whyNotAGoPackage } from './goNames';

const LONGEST_NAME = 63;

/**
 * Whether a plugin can have this name. It becomes the entity's `metadata.name`, the filter's
 * name in Envoy, the repository's name and, without its dashes, the Go package.
 *
 * @returns a sentence that says what is wrong and what to do, or undefined when the name is good
 * @public
 */
export function validatePluginName(name: string): string | undefined {
  if (name === '') {
    return 'Give the plugin a name, such as "token-auth".';
  }
  if (name.length > LONGEST_NAME) {
    return `The name has ${name.length} characters; use ${LONGEST_NAME} at most.`;
  }
  if (!/^[a-z]/.test(name)) {
    return `The name "${name}" must begin with a letter from a to z.`;
  }
  const strange = name.match(/[^a-z0-9-]/u);
  if (strange) {
    return `The name "${name}" contains "${strange[0]}"; use only letters from a to z, digits and dashes.`;
  }
  if (name.endsWith('-') || name.includes('--')) {
    return `The name "${name}" has a dash without a letter or digit after it; use single dashes between words.`;
  }
  const goPackage = goPackageName(name);
  const reason = whyNotAGoPackage(goPackage);
  if (reason) {
    return `The name "${name}" would make the Go package "${goPackage}", which is ${reason}; choose another name, such as "${name}-filter".`;
  }
  return undefined;
}
