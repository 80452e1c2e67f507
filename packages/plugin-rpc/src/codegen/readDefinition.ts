import { basename } from 'node:path';
import {
  isMap,
  isNode,
  isScalar,
  LineCounter,
  Node,
  Pair,
  parseDocument,
  Scalar,
  YAMLMap,
} from 'yaml';
import {
  DefinitionError,
  Field,
  FunctionDefinition,
  PluginDefinition,
  Problem,
  Shape,
  signatureOf,
} from './PluginDefinition';
import { readType, TypeSyntaxError } from './readType';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const VERSION = /^[0-9]+\.[0-9]+\.[0-9]+(-[A-Za-z0-9.]+)?$/;
const IDENTIFIER = /^[a-z][A-Za-z0-9]{0,63}$/;
// The core takes no longer ones.
const MAX_SIGNATURE = 4096;
// Names that JavaScript keeps for itself.
const RESERVED: readonly string[] = ['constructor', 'prototype', 'then'];

/** The text of a comment, without what surrounds it. */
function textOf(...comments: (string | null | undefined)[]): string {
  return comments
    .filter(comment => typeof comment === 'string')
    .join('\n')
    .split('\n')
    .map(line => line.trim())
    .join('\n')
    .trim();
}

type Entry = Pair<Scalar<string>, Node | null>;

class DefinitionReader {
  readonly #problems: Problem[] = [];
  readonly #lines = new LineCounter();

  constructor(private readonly path: string, private readonly text: string) {}

  read(): PluginDefinition {
    const document = parseDocument(this.text, {
      lineCounter: this.#lines,
      prettyErrors: false,
    });
    for (const error of document.errors) {
      this.#object(error.pos[0], error.message);
    }
    const root = document.contents;
    let definition: PluginDefinition | undefined;
    if (isMap(root)) {
      definition = this.#definition(root, document.commentBefore);
    } else if (this.#problems.length === 0) {
      this.#object(0, 'There must be a map with name, version and functions');
    }
    if (!definition || this.#problems.length > 0) {
      throw new DefinitionError(this.#problems);
    }
    return definition;
  }

  #object(at: number | Node | null | undefined, message: string): void {
    const offset = typeof at === 'number' ? at : at?.range?.[0] ?? 0;
    const { line, col } = this.#lines.linePos(offset);
    this.#problems.push({
      file: this.path,
      line: Math.max(line, 1),
      column: Math.max(col, 1),
      message,
    });
  }

  #definition(
    root: YAMLMap,
    comment: string | null | undefined,
  ): PluginDefinition {
    const file = basename(this.path);
    const entries = this.#entries(root, ['name', 'version', 'functions']);
    const name = this.#text(root, entries, 'name', NAME, 'like my-plugin');
    const version = this.#text(
      root,
      entries,
      'version',
      VERSION,
      'like 1.0.0 or 1.0.0-beta.1',
    );
    if (name && version && file !== `${name}-${version}.yaml`) {
      this.#object(
        root,
        `The file must be called ${name}-${version}.yaml, by the name and version in it`,
      );
    }
    const functions = this.#required(root, entries, 'functions');
    if (functions && (!isMap(functions) || functions.items.length === 0)) {
      this.#object(
        functions,
        '"functions" must be a map of at least one function by its name',
      );
    }
    return {
      file,
      name,
      version,
      comment: textOf(
        comment,
        root.commentBefore,
        // What stands at the very top belongs to the first key for the library.
        [...entries.values()][0]?.key.commentBefore,
      ),
      functions: isMap(functions) ? this.#functions(functions) : [],
    };
  }

  /** The entries of a map by key; others than `allowed` are refused. */
  #entries(map: YAMLMap, allowed?: readonly string[]): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    for (const pair of map.items) {
      if (!isEntry(pair)) {
        this.#object(isNode(pair.key) ? pair.key : map, 'A key must be a text');
      } else if (allowed && !allowed.includes(pair.key.value)) {
        this.#object(
          pair.key,
          `"${pair.key.value}" is not known here; allowed are ${allowed.join(
            ', ',
          )}`,
        );
      } else {
        entries.set(pair.key.value, pair);
      }
    }
    return entries;
  }

  #required(
    map: YAMLMap,
    entries: Map<string, Entry>,
    key: string,
  ): Node | undefined {
    const entry = entries.get(key);
    if (!entry) {
      this.#object(map, `"${key}" is missing`);
    } else if (!entry.value) {
      this.#object(entry.key, `"${key}" is empty`);
    }
    return entry?.value ?? undefined;
  }

  #text(
    map: YAMLMap,
    entries: Map<string, Entry>,
    key: string,
    pattern: RegExp,
    likeWhat: string,
  ): string {
    const node = this.#required(map, entries, key);
    if (!node) {
      return '';
    }
    const text = isScalar(node) ? node.source ?? String(node.value) : '';
    if (!pattern.test(text)) {
      this.#object(node, `"${key}" is "${text}"; it must be ${likeWhat}`);
      return '';
    }
    return text;
  }

  #functions(map: YAMLMap): FunctionDefinition[] {
    return [...this.#entries(map).values()].map((entry, index) => {
      this.#checkIdentifier(entry.key, 'a function');
      const { value } = entry;
      if (value && !isMap(value) && !isEmpty(value)) {
        this.#object(
          value,
          `"${entry.key.value}" must be a map; allowed are args, parts, result`,
        );
      }
      const parts = isMap(value)
        ? this.#entries(value, ['args', 'parts', 'result'])
        : new Map<string, Entry>();
      const definition: FunctionDefinition = {
        name: entry.key.value,
        comment: textOf(
          index === 0 ? map.commentBefore : undefined,
          entry.key.commentBefore,
          entry.key.comment,
        ),
        args: this.#shape(parts.get('args')),
        parts: parts.has('parts') ? this.#shape(parts.get('parts')) : undefined,
        result: this.#shape(parts.get('result')),
      };
      if (signatureOf(definition).length > MAX_SIGNATURE) {
        this.#object(
          entry.key,
          `"${definition.name}" has a signature of more than ${MAX_SIGNATURE} characters; give it fewer fields`,
        );
      }
      return definition;
    });
  }

  #checkIdentifier(key: Scalar<string>, what: string): void {
    if (!IDENTIFIER.test(key.value) || RESERVED.includes(key.value)) {
      this.#object(
        key,
        `"${
          key.value
        }" cannot be the name of ${what}; allowed are up to 64 letters and digits, a small letter first, but not ${RESERVED.join(
          ', ',
        )}`,
      );
    }
  }

  #shape(entry: Entry | undefined): Shape {
    const value = entry?.value;
    if (isScalar(value) && value.value === 'bytes') {
      return { kind: 'bytes' };
    }
    if (!isMap(value)) {
      if (entry && value && !isEmpty(value)) {
        this.#object(
          value,
          `"${entry.key.value}" must be a map of types by field, or bytes`,
        );
      }
      return { kind: 'fields', fields: [] };
    }
    const fields = [...this.#entries(value).values()].map((field, index) =>
      this.#field(field, index === 0 ? value.commentBefore : undefined),
    );
    return { kind: 'fields', fields };
  }

  #field(
    { key, value }: Entry,
    commentBefore: string | null | undefined,
  ): Field {
    this.#checkIdentifier(key, 'a field');
    const field: Field = {
      name: key.value,
      type: { kind: 'bool' },
      optional: false,
      comment: textOf(commentBefore, key.commentBefore, value?.comment),
    };
    if (!isScalar(value) || typeof value.value !== 'string') {
      this.#object(
        value ?? key,
        `"${key.value}" must have a type for its value, e.g. string`,
      );
      return field;
    }
    try {
      return { ...field, ...readType(value.value) };
    } catch (error) {
      if (!(error instanceof TypeSyntaxError)) {
        throw error;
      }
      const quote = value.type === 'PLAIN' ? 0 : 1;
      this.#object((value.range?.[0] ?? 0) + quote + error.at, error.message);
      return field;
    }
  }
}

function isEmpty(node: Node): boolean {
  return isScalar(node) && node.value === null;
}

function isEntry(pair: Pair): pair is Entry {
  return (
    isScalar(pair.key) &&
    typeof pair.key.value === 'string' &&
    (pair.value === null || isNode(pair.value))
  );
}

/**
 * Reads a NAME-VERSION.yaml.
 *
 * @param path - what problems call the file
 * @throws DefinitionError with all that is wrong, by line and column
 */
export function readDefinition(path: string, text: string): PluginDefinition {
  return new DefinitionReader(path, text).read();
}
