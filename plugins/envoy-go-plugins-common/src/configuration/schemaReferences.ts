import type { JsonObject } from '@backstage/types';
import { pointerOfFieldPath } from './fieldPath';
import { allSubschemasOf } from './schemaKeywords';

/**
 * Finds what a `$ref` inside a schema means. Only references into the schema itself
 * are known: `#`, `#/$defs/rule`, `#anchor`.
 */
export class SchemaReferences {
  readonly #targets = new Map<string, JsonObject>();

  constructor(root: JsonObject) {
    for (const { path, schema } of allSubschemasOf(root)) {
      this.#targets.set(`#${pointerOfFieldPath(path)}`, schema);
      if (typeof schema.$anchor === 'string') {
        this.#targets.set(`#${schema.$anchor}`, schema);
      }
    }
  }

  /** The schema that a reference means, `undefined` where there is none. */
  find(reference: string): JsonObject | undefined {
    try {
      return this.#targets.get(decodeURIComponent(reference));
    } catch {
      // An escape that is none, such as "#/%zz", names nothing.
      return undefined;
    }
  }

  /** What can be referred to. */
  names(): string[] {
    return [...this.#targets.keys()];
  }
}
