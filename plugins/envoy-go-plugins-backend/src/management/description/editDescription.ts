import { isDeepStrictEqual } from 'node:util';
import { NotFoundError, ConflictError } from '@backstage/errors';
import {
  ENVOY_GO_PLUGIN_API_VERSION,
  ENVOY_GO_PLUGIN_KIND,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  type Document,
  isMap,
  isScalar,
  parseAllDocuments,
  stringify,
} from 'yaml';

/** What a description is to say, by the fields of its `spec`; `undefined` takes one out. */
export type DescriptionEdit = Record<
  string,
  string | Record<string, string> | undefined
>;

/** As many aliases are followed in what strangers wrote. */
const MOST_ALIASES = 100;

/**
 * Changes fields of a plugin's `spec` in the text of its `catalog-info.yaml`, and leaves all
 * else as its author wrote it: comments, order, quotes, indentation, other documents.
 *
 * @param name - of the plugin: a file may describe several things
 * @returns the text as it was where it says all that already
 * @throws NotFoundError when it does not describe the plugin
 * @throws ConflictError when it cannot be read
 */
export function editDescription(
  text: string,
  name: string,
  edit: DescriptionEdit,
): string {
  const document = findDocument(text, name);
  if (says(document, edit)) {
    return text;
  }
  const wanted = findDocument(text, name);
  for (const [field, value] of Object.entries(edit)) {
    if (value === undefined) {
      wanted.deleteIn(['spec', field]);
    } else {
      wanted.setIn(['spec', field], wanted.createNode(value));
    }
  }
  const closest = editInPlace(text, name, edit);
  return closest !== undefined &&
    isDeepStrictEqual(
      findDocument(closest, name).toJS({ maxAliasCount: MOST_ALIASES }),
      wanted.toJS({ maxAliasCount: MOST_ALIASES }),
    )
    ? closest
    : writeAnew(text, name, wanted);
}

/** Line by line, for descriptions in block style; `undefined` where that cannot be done. */
function editInPlace(
  text: string,
  name: string,
  edit: DescriptionEdit,
): string | undefined {
  let changed = text;
  for (const [field, value] of Object.entries(edit)) {
    const spec = findDocument(changed, name).get('spec', true);
    if (!isMap(spec) || spec.flow || spec.items.length === 0) {
      return undefined;
    }
    const [{ key: firstKey }] = spec.items;
    const start = isScalar(firstKey) ? firstKey.range?.[0] : undefined;
    const pair = spec.items.find(
      ({ key }) => isScalar(key) && key.value === field,
    );
    if (start === undefined) {
      return undefined;
    }
    const indent = changed.slice(changed.lastIndexOf('\n', start) + 1, start);
    const lines =
      value === undefined
        ? ''
        : stringify({ [field]: value }, { lineWidth: 0 }).replace(
            /^(?=.)/gm,
            indent,
          );
    if (pair && isScalar(pair.value) && typeof value === 'string') {
      const [from, to] = pair.value.range ?? [];
      if (from === undefined || to === undefined) {
        return undefined;
      }
      const scalar = stringify(value, { lineWidth: 0 }).trimEnd();
      changed = changed.slice(0, from) + scalar + changed.slice(to);
    } else if (pair) {
      const from = isScalar(pair.key) ? pair.key.range?.[0] : undefined;
      const to =
        pair.value && typeof pair.value === 'object' && 'range' in pair.value
          ? rangeEnd(pair.value.range)
          : undefined;
      if (from === undefined || to === undefined) {
        return undefined;
      }
      changed = `${changed.slice(
        0,
        from - indent.length,
      )}${lines}${withoutBreak(changed.slice(to), lines)}`;
    } else if (lines) {
      // Below what it belongs to, rather than below all else
      const after =
        spec.items.find(
          ({ key }) => isScalar(key) && key.value === 'lifecycle',
        ) ?? spec.items[spec.items.length - 1];
      const end =
        after.value && typeof after.value === 'object' && 'range' in after.value
          ? rangeEnd(after.value.range, 1)
          : undefined;
      if (end === undefined) {
        return undefined;
      }
      const lineEnd = changed.indexOf('\n', Math.max(end - 1, 0));
      changed =
        lineEnd < 0
          ? `${changed}\n${lines}`
          : changed.slice(0, lineEnd + 1) + lines + changed.slice(lineEnd + 1);
    }
  }
  return changed;
}

/** By the library, which keeps comments but lays out lines its own way. */
function writeAnew(text: string, name: string, wanted: Document): string {
  return readDocuments(text)
    .map(document =>
      String(
        describes(document, name)
          ? wanted.toString({ lineWidth: 0 })
          : document.toString({ lineWidth: 0 }),
      ),
    )
    .map((part, index) =>
      index > 0 && !part.startsWith('---') ? `---\n${part}` : part,
    )
    .join('');
}

function says(document: Document, edit: DescriptionEdit): boolean {
  const { spec = {} } = document.toJS({ maxAliasCount: MOST_ALIASES });
  return Object.entries(edit).every(([field, value]) =>
    isDeepStrictEqual(spec[field], value),
  );
}

function readDocuments(text: string): Document[] {
  const documents = parseAllDocuments(text);
  const parsed: Document[] = Array.isArray(documents) ? documents : [];
  const [broken] = parsed.flatMap(({ errors }) => errors);
  if (broken) {
    throw new ConflictError(
      `The description is no YAML: ${broken.message.split('\n')[0]}`,
    );
  }
  return parsed;
}

function findDocument(text: string, name: string): Document {
  const found = readDocuments(text).filter(document =>
    describes(document, name),
  );
  if (found.length !== 1) {
    throw new NotFoundError(
      `The description has ${found.length} plugins "${name}" (kind ${ENVOY_GO_PLUGIN_KIND} of ${ENVOY_GO_PLUGIN_API_VERSION}); it must have one`,
    );
  }
  return found[0];
}

function describes(document: Document, name: string): boolean {
  return (
    isMap(document.contents) &&
    document.get('apiVersion') === ENVOY_GO_PLUGIN_API_VERSION &&
    document.get('kind') === ENVOY_GO_PLUGIN_KIND &&
    document.getIn(['metadata', 'name']) === name
  );
}

function rangeEnd(range: unknown, which: 1 | 2 = 2): number | undefined {
  return Array.isArray(range) && typeof range[which] === 'number'
    ? range[which]
    : undefined;
}

/** What follows begins on a line of its own, whether lines come before it or none. */
function withoutBreak(rest: string, lines: string): string {
  return lines === '' ? rest.replace(/^\n/, '') : rest;
}
