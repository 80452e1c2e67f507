import { SCALARS, ValueType } from './PluginDefinition';

const ALLOWED = `${SCALARS.join(
  ', ',
)}, list<T>, map<T>, optional<T>, enum<A|B>`;
const ENUM_VALUE = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** A type is none; `at` is where in its text. */
export class TypeSyntaxError extends Error {
  constructor(readonly at: number, message: string) {
    super(message);
  }
}

class TypeReader {
  #at = 0;

  constructor(private readonly text: string) {}

  takes(token: string): boolean {
    const found = this.text.startsWith(token, this.#at);
    if (found) {
      this.#at += token.length;
    }
    return found;
  }

  expect(token: string): void {
    if (!this.takes(token)) {
      throw new TypeSyntaxError(
        this.#at,
        `"${token}" is missing in the type "${this.text}"`,
      );
    }
  }

  expectEnd(): void {
    if (this.#at < this.text.length) {
      throw new TypeSyntaxError(
        this.#at,
        `"${this.text.slice(this.#at)}" is too much in the type "${this.text}"`,
      );
    }
  }

  type(): ValueType {
    const from = this.#at;
    const word = /^[^<>|]*/.exec(this.text.slice(from))?.[0] ?? '';
    this.#at += word.length;
    const scalar = SCALARS.find(name => name === word);
    if (scalar) {
      return { kind: scalar };
    }
    switch (word) {
      case 'list':
      case 'map': {
        this.expect('<');
        const of = this.type();
        this.expect('>');
        return { kind: word, of };
      }
      case 'enum':
        return this.#enum();
      case 'optional':
        throw new TypeSyntaxError(
          from,
          'optional<T> says that a field may be absent; it must be the outermost',
        );
      default:
        throw new TypeSyntaxError(
          from,
          `"${word}" is no type; allowed are ${ALLOWED}`,
        );
    }
  }

  #enum(): ValueType {
    this.expect('<');
    const values: string[] = [];
    do {
      const from = this.#at;
      const value = /^[^<>|]*/.exec(this.text.slice(from))?.[0].trim() ?? '';
      if (!ENUM_VALUE.test(value)) {
        throw new TypeSyntaxError(
          from,
          `"${value}" is no value of an enum; allowed are letters, digits, _ and -, a letter first`,
        );
      }
      if (values.includes(value)) {
        throw new TypeSyntaxError(from, `"${value}" is there twice`);
      }
      values.push(value);
      this.#at +=
        /^[^<>|]*/.exec(this.text.slice(from))?.[0].length ?? value.length;
    } while (this.takes('|'));
    this.expect('>');
    return { kind: 'enum', values };
  }
}

/**
 * Reads a type as a definition writes it, e.g. `optional<list<int64>>`.
 *
 * @throws TypeSyntaxError
 */
export function readType(text: string): { type: ValueType; optional: boolean } {
  const reader = new TypeReader(text);
  const optional = reader.takes('optional<');
  const type = reader.type();
  if (optional) {
    reader.expect('>');
  }
  reader.expectEnd();
  return { type, optional };
}
