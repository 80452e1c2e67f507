/** A full SHA-1 object name. */
export const FULL_SHA = /^[0-9a-f]{40}$/;

/** What cannot be in a ref, besides the rules below (man git-check-ref-format). */
const FORBIDDEN_IN_REF = ' ~^:?*[\\';

function hasControlCharacter(text: string): boolean {
  return [...text].some(character => {
    const code = character.charCodeAt(0);
    return code < 32 || code === 127;
  });
}

/** Whether a text can be the name of a branch or of a tag. */
export function isRefName(name: string): boolean {
  return (
    name.length > 0 &&
    name.length <= 255 &&
    !name.startsWith('-') &&
    !hasControlCharacter(name) &&
    ![...name].some(character => FORBIDDEN_IN_REF.includes(character)) &&
    !name.includes('..') &&
    !name.includes('@{') &&
    name !== '@' &&
    !name.endsWith('.') &&
    name
      .split('/')
      .every(
        part => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'),
      )
  );
}

/** Whether a text can be the path of a file or folder in a repository; the empty path is its root. */
export function isRepositoryPath(path: string): boolean {
  return (
    path.length <= 4096 &&
    !hasControlCharacter(path) &&
    (path === '' ||
      path
        .split('/')
        .every(
          part =>
            part !== '' &&
            part !== '.' &&
            part !== '..' &&
            part.toLowerCase() !== '.git',
        ))
  );
}
