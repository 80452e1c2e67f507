import { Document, Scalar, visit } from 'yaml';

/** A word that no YAML reader, of 1.1 or 1.2, takes for anything but text. */
function isPlainWord(text: string): boolean {
  return (
    /^[A-Za-z_/]([A-Za-z0-9_./-]*[A-Za-z0-9])?$/.test(text) &&
    !/^(y|yes|n|no|on|off|true|false|null|inf|nan)$/i.test(text)
  );
}

/** JSON as `JSON.stringify` lays it out over lines: what is odd in it is escaped already. */
function isPrettyJson(text: string): boolean {
  if (!/^[{[]\n/.test(text)) {
    return false;
  }
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2) === text;
  } catch {
    return false;
  }
}

function typeOf(text: string): Scalar.Type {
  if (isPlainWord(text)) {
    return Scalar.PLAIN;
  }
  return isPrettyJson(text) ? Scalar.BLOCK_LITERAL : Scalar.QUOTE_DOUBLE;
}

/** One line of a comment: whatever somebody wrote cannot end it. */
function commentLine(text: string): string {
  return ` ${text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trimEnd()}`;
}

/** A snippet that has nothing to apply, but something to say. */
export function snippetComment(lines: string[]): string {
  return lines.map(line => `#${commentLine(line)}\n`).join('');
}

/**
 * Writes a value as YAML that Envoy (yaml-cpp), Kubernetes (YAML 1.1 of Go) and YAML 1.2
 * read alike: text that is more than a plain word is in double quotes as JSON would have it, so
 * that `no`, `012`, `1_000` or a line break cannot turn into something else.
 */
export function snippetYaml(value: unknown, comment: string[]): string {
  const document = new Document(value, {
    aliasDuplicateObjects: false,
  });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string') {
        node.type = typeOf(node.value);
      }
    },
  });
  document.commentBefore = comment.map(commentLine).join('\n');
  return document.toString({ doubleQuotedAsJSON: true, lineWidth: 0 }).replace(
    // JSON leaves these as they are; readers of YAML 1.1 refuse them or see line breaks.
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
