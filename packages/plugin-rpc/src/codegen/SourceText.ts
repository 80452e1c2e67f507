/** Text that is written line by line, with the depth of its blocks. */
export class SourceText {
  readonly #lines: string[] = [];
  #depth = 0;

  constructor(private readonly indent: string) {}

  add(...lines: string[]): this {
    for (const line of lines) {
      this.#lines.push(
        line === '' ? '' : this.indent.repeat(this.#depth) + line,
      );
    }
    return this;
  }

  /** An empty line, unless there is one already or nothing before it in the block. */
  gap(): this {
    const last = this.#lines.at(-1);
    if (last !== undefined && last !== '' && !/[({[]$/.test(last)) {
      this.#lines.push('');
    }
    return this;
  }

  block(begin: string, end: string, write: () => void): this {
    this.add(begin);
    this.#depth += 1;
    write();
    this.#depth -= 1;
    return this.add(end);
  }

  toString(): string {
    return `${this.#lines.join('\n')}\n`;
  }
}

/** `my-plugin` as `MyPlugin`. */
export function pascalCase(name: string): string {
  return name
    .split('-')
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
