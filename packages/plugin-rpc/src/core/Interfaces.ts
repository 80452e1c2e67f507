import { MissingFunctionError, UnknownInterfaceError } from '../errors';
import { FunctionDeclaration } from '../wire';

/** What the core expects of plugins that implement an interface. @public */
export interface PluginInterface {
  name: string;
  /** Names, or names with signatures as the code generator writes them. */
  functions: readonly (string | FunctionDeclaration)[];
}

/** The interfaces that a core expects; with none declared every plugin will do. */
export class Interfaces {
  readonly #declared: ReadonlyMap<string, readonly FunctionDeclaration[]>;

  constructor(interfaces: readonly PluginInterface[]) {
    this.#declared = new Map(
      interfaces.map(({ name, functions }) => [
        name,
        functions.map(item =>
          typeof item === 'string' ? { name: item, signature: '' } : item,
        ),
      ]),
    );
  }

  /** @throws UnknownInterfaceError, MissingFunctionError */
  check(name: string, offered: readonly FunctionDeclaration[]): void {
    if (this.#declared.size === 0) {
      return;
    }
    const expected = this.#declared.get(name);
    if (!expected) {
      throw new UnknownInterfaceError(
        `This core expects no plugin of the interface "${name}"; it expects ${[
          ...this.#declared.keys(),
        ].join(', ')}`,
      );
    }
    const byName = new Map(offered.map(item => [item.name, item]));
    const missing = expected.filter(item => !byName.has(item.name));
    if (missing.length > 0) {
      throw new MissingFunctionError(
        `The interface "${name}" has functions that the plugin lacks: ${missing
          .map(item => item.name)
          .join(', ')}`,
      );
    }
    for (const { name: functionName, signature } of expected) {
      const other = byName.get(functionName)?.signature;
      if (signature && other && signature !== other) {
        throw new MissingFunctionError(
          `The function "${functionName}" of the interface "${name}" is ${signature} here, but ${other} in the plugin; generate the plugin's code again`,
        );
      }
    }
  }
}
