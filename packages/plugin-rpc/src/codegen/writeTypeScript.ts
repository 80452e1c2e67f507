import {
  Field,
  FunctionDefinition,
  PluginDefinition,
  Shape,
  signatureOf,
  ValueType,
} from './PluginDefinition';
import { pascalCase, SourceText } from './SourceText';

const TYPES = {
  bool: 'boolean',
  int32: 'number',
  int64: 'bigint',
  float64: 'number',
  string: 'string',
  bytes: 'Uint8Array',
  time: 'Timestamp',
} as const;

const GETTERS = {
  bool: 'getBool',
  int32: 'getInt32',
  int64: 'getInt64',
  float64: 'getFloat64',
  string: 'getString',
  bytes: 'getBytes',
  time: 'getTimestamp',
} as const;

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

function typeOf(type: ValueType): string {
  switch (type.kind) {
    case 'list':
      return `Array<${typeOf(type.of)}>`;
    case 'map':
      return `Record<string, ${typeOf(type.of)}>`;
    case 'enum':
      return type.values.map(quote).join(' | ');
    default:
      return TYPES[type.kind];
  }
}

/** Whether a value must be changed before the Map codec writes it. */
function isWrapped(type: ValueType): boolean {
  return type.kind === 'list' || type.kind === 'map'
    ? isWrapped(type.of)
    : type.kind === 'float64';
}

/** An expression that is written by the Map codec as the type says. */
function written(type: ValueType, value: string): string {
  if (!isWrapped(type)) {
    return value;
  }
  if (type.kind === 'list') {
    return `${value}.map(item => ${written(type.of, 'item')})`;
  }
  if (type.kind === 'map') {
    return `Object.fromEntries(Object.entries(${value}).map(([key, item]) => [key, ${written(
      type.of,
      'item',
    )}]))`;
  }
  return `float64(${value})`;
}

/** An expression that reads a value of the type. */
function read(type: ValueType, from: string, key: string): string {
  switch (type.kind) {
    case 'list':
      return `readList(${from}.getList(${key}), (list, index) => ${read(
        type.of,
        'list',
        'index',
      )})`;
    case 'map':
      return `readMap(${from}.getMap(${key}), (map, key) => ${read(
        type.of,
        'map',
        'key',
      )})`;
    case 'enum':
      return `${from}.getEnum(${key}, [${type.values
        .map(quote)
        .join(', ')}] as const)`;
    default:
      return `${from}.${GETTERS[type.kind]}(${key})`;
  }
}

function writeComment(out: SourceText, comment: string): void {
  const lines = comment.replaceAll('*/', '* /').split('\n');
  if (comment === '') {
    return;
  }
  if (lines.length === 1) {
    out.add(`/** ${lines[0]} */`);
  } else {
    out.add('/**', ...lines.map(line => ` * ${line}`.trimEnd()), ' */');
  }
}

/** One of a function's shapes, with the name of its type. */
interface Named {
  type: string;
  shape: Shape;
  what: string;
}

function shapesOf(definition: FunctionDefinition): {
  args: Named;
  parts: Named | undefined;
  result: Named;
} {
  const { name, args, parts, result } = definition;
  const named = (suffix: string, shape: Shape, what: string): Named => ({
    type:
      shape.kind === 'bytes' ? 'Uint8Array' : `${pascalCase(name)}${suffix}`,
    shape,
    what,
  });
  return {
    args: named('Args', args, `What {@link ${name}} takes.`),
    parts: parts && named('Part', parts, `What ${name} streams.`),
    result: named('Result', result, `What ${name} gives.`),
  };
}

function writeShape(out: SourceText, { type, shape, what }: Named): void {
  if (shape.kind === 'bytes') {
    return;
  }
  out.gap();
  writeComment(out, what.replace(/\{@link (\w+)\}/, '$1'));
  const { fields } = shape;
  if (fields.length === 0) {
    out.add(`export type ${type} = Record<string, never>;`);
    return;
  }
  out.block(`export interface ${type} {`, '}', () => {
    for (const { name, comment, optional, type: fieldType } of fields) {
      writeComment(out, comment);
      out.add(`${name}${optional ? '?' : ''}: ${typeOf(fieldType)};`);
    }
  });
  if (fields.some(field => isWrapped(field.type))) {
    out.gap().block(`function write${type}(value: ${type}) {`, '}', () => {
      out.block('return {', '};', () => {
        out.add('...value,');
        fields
          .filter(field => isWrapped(field.type))
          .forEach(field => writeField(out, field));
      });
    });
  }
  out
    .gap()
    .block(`function read${type}(fields: TypedMap): ${type} {`, '}', () => {
      out.block('return {', '};', () => {
        for (const field of fields) {
          const value = read(field.type, 'fields', quote(field.name));
          out.add(
            field.optional
              ? `${field.name}: fields.has(${quote(
                  field.name,
                )}) ? ${value} : undefined,`
              : `${field.name}: ${value},`,
          );
        }
      });
    });
}

function writeField(out: SourceText, { name, type, optional }: Field): void {
  const value = written(type, `value.${name}`);
  out.add(
    optional
      ? `${name}: value.${name} === undefined ? undefined : ${value},`
      : `${name}: ${value},`,
  );
}

function toWire({ shape, type }: Named, value: string): string {
  return shape.kind === 'fields' && shape.fields.some(f => isWrapped(f.type))
    ? `write${type}(${value})`
    : value;
}

function fromWire({ shape, type }: Named, payload: string): string {
  if (shape.kind === 'bytes') {
    return `${payload}.bytes()`;
  }
  return shape.fields.length === 0 ? '{}' : `read${type}(${payload}.map())`;
}

function writeHandlers(out: SourceText, definition: PluginDefinition): void {
  const plugin = pascalCase(definition.name);
  out.gap();
  writeComment(out, `What a ${definition.name} plugin does.`);
  out.block(`export interface ${plugin}Handlers {`, '}', () => {
    for (const item of definition.functions) {
      const { args, parts, result } = shapesOf(item);
      out.gap();
      writeComment(out, item.comment);
      out.block(
        `${item.name}(`,
        `): ${result.type} | Promise<${result.type}>;`,
        () => {
          out.add(`args: ${args.type},`, 'ctx: CallContext,');
          if (parts) {
            out.add(`part: (part: ${parts.type}) => Promise<void>,`);
          }
        },
      );
    }
  });
}

function writeCreatePlugin(
  out: SourceText,
  definition: PluginDefinition,
): void {
  const plugin = pascalCase(definition.name);
  out.gap();
  writeComment(
    out,
    `A ${definition.name} plugin that does what the handlers do; mount it onto a core. Give several on one core names of their own.`,
  );
  out.add(`export function create${plugin}Plugin(`);
  out.add(
    `  handlers: ${plugin}Handlers,`,
    "  options: Partial<Omit<PluginOptions, 'version' | 'interface' | 'functions'>> = {},",
  );
  out.block('): Plugin {', '}', () => {
    out.block('return new Plugin({', '});', () => {
      out.add(
        `name: ${quote(definition.name)},`,
        '...options,',
        `version: ${quote(definition.version)},`,
        `interface: ${quote(definition.name)},`,
      );
      out.block('functions: {', '},', () => {
        for (const item of definition.functions) {
          const { args, parts, result } = shapesOf(item);
          const call = [fromWire(args, 'ctx.payload'), 'ctx'];
          if (parts) {
            call.push(`part => ctx.part(${toWire(parts, 'part')})`);
          }
          const awaited = `await handlers.${item.name}(${call.join(', ')})`;
          out.block(`${item.name}: {`, '},', () => {
            out.add(
              `signature: ${quote(signatureOf(item))},`,
              `handler: async ctx => ${toWire(result, awaited)},`,
            );
          });
        }
      });
    });
  });
}

function writeClient(out: SourceText, definition: PluginDefinition): void {
  const plugin = pascalCase(definition.name);
  out.gap();
  writeComment(
    out,
    `Calls ${definition.name} plugins that are mounted on a core.`,
  );
  out.block(`export class ${plugin}Client {`, '}', () => {
    out.add(
      "readonly #core: Pick<Core, 'call'>;",
      'readonly #target: CallTarget;',
    );
    out.gap();
    writeComment(
      out,
      '@param target - which of them; default: any that is mounted, by turns',
    );
    out.block('constructor(', ') {', () => {
      out.add(
        "core: Pick<Core, 'call'>,",
        `target: CallTarget = { interface: ${quote(definition.name)} },`,
      );
    });
    out.add('  this.#core = core;', '  this.#target = target;', '}');
    for (const item of definition.functions) {
      writeMethod(out, item);
    }
  });
}

function writeMethod(out: SourceText, item: FunctionDefinition): void {
  const { args, parts, result } = shapesOf(item);
  out.gap();
  writeComment(out, item.comment);
  out.block(`async ${item.name}(`, `): Promise<${result.type}> {`, () => {
    out.add(`args: ${args.type},`);
    if (parts) {
      out.add(`onPart: (part: ${parts.type}) => void | Promise<void>,`);
    }
    out.add("options: Omit<CallOptions, 'onPart'> = {},");
  });
  const answer =
    result.shape.kind === 'fields' && result.shape.fields.length === 0;
  out.block(
    `  ${answer ? '' : 'const result = '}await this.#core.call(`,
    '  );',
    () => {
      out.add(
        '  this.#target,',
        `  ${quote(item.name)},`,
        `  ${toWire(args, 'args')},`,
        parts
          ? `  { ...options, onPart: part => onPart(${fromWire(
              parts,
              'part',
            )}) },`
          : '  options,',
      );
    },
  );
  out.add(`  return ${fromWire(result, 'result')};`, '}');
}

/** The typed core client and the plugin skeleton of a definition, in TypeScript. */
export function writeTypeScript(definition: PluginDefinition): string {
  const { file, name } = definition;
  const plugin = pascalCase(name);
  const body = new SourceText('  ');
  writeComment(
    body,
    `What a core expects of a ${name} plugin: \`new Core({ interfaces: [${plugin
      .charAt(0)
      .toLowerCase()}${plugin.slice(1)}Interface] })\`.${
      definition.comment ? `\n\n${definition.comment}` : ''
    }`,
  );
  body.block(
    `export const ${plugin.charAt(0).toLowerCase()}${plugin.slice(
      1,
    )}Interface = {`,
    '} satisfies PluginInterface;',
    () => {
      body.add(`name: ${quote(name)},`);
      body.block('functions: [', '],', () => {
        for (const item of definition.functions) {
          body.block('{', '},', () =>
            body.add(
              `name: ${quote(item.name)},`,
              `signature: ${quote(signatureOf(item))},`,
            ),
          );
        }
      });
    },
  );
  for (const item of definition.functions) {
    const { args, parts, result } = shapesOf(item);
    writeShape(body, args);
    if (parts) {
      writeShape(body, parts);
    }
    writeShape(body, result);
  }
  writeHandlers(body, definition);
  writeCreatePlugin(body, definition);
  writeClient(body, definition);
  writeReaders(body);
  const text = body.toString();
  const used = (names: string[]) =>
    names.filter(word => new RegExp(`\\b${word}\\b`).test(text));
  const head = new SourceText('  ').add(
    `// Generated by plugin-rpc create from ${file}. Do not edit: it is written anew.`,
  );
  head.block('import {', "} from '@envoy-go/plugin-rpc';", () => {
    for (const word of [...used(['float64', 'Plugin'])]) {
      head.add(`${word},`);
    }
  });
  head.block('import type {', "} from '@envoy-go/plugin-rpc';", () => {
    for (const word of used([
      'CallContext',
      'CallOptions',
      'CallTarget',
      'Core',
      'PluginInterface',
      'PluginOptions',
      'Timestamp',
      'TypedList',
      'TypedMap',
    ])) {
      head.add(`${word},`);
    }
  });
  return `${head}\n${text}`;
}

function writeReaders(out: SourceText): void {
  const text = out.toString();
  if (text.includes('readList(')) {
    out
      .gap()
      .add(
        'function readList<T>(',
        '  list: TypedList,',
        '  read: (list: TypedList, index: number) => T,',
        '): T[] {',
        '  return list.map(index => read(list, index));',
        '}',
      );
  }
  if (text.includes('readMap(')) {
    out
      .gap()
      .add(
        'function readMap<T>(',
        '  map: TypedMap,',
        '  read: (map: TypedMap, key: string) => T,',
        '): Record<string, T> {',
        '  return Object.fromEntries(map.keys().map(key => [key, read(map, key)]));',
        '}',
      );
  }
}

/** A first handler file, for people to go on with. */
export function writeTypeScriptHandlers({
  name,
  functions,
}: PluginDefinition): string {
  const plugin = pascalCase(name);
  const out = new SourceText('  ')
    .add(`import type { ${plugin}Handlers } from './${name}.generated';`)
    .gap();
  writeComment(
    out,
    'Yours: plugin-rpc create made this file once and leaves it alone.',
  );
  out.block(`export const handlers: ${plugin}Handlers = {`, '};', () => {
    for (const item of functions) {
      out.block(`async ${item.name}() {`, '},', () =>
        out.add(`throw new Error('${item.name} is not written yet');`),
      );
    }
  });
  return out.toString();
}

/** A first program that mounts the plugin. */
export function writeTypeScriptMain({ name }: PluginDefinition): string {
  const plugin = pascalCase(name);
  return new SourceText('  ')
    .add(
      `import { handlers } from './handlers';`,
      `import { create${plugin}Plugin } from './${name}.generated';`,
      '',
      "const address = process.env.PLUGIN_RPC_ADDRESS ?? '127.0.0.1:4020';",
      "const token = process.env.PLUGIN_RPC_TOKEN ?? '';",
      `const plugin = create${plugin}Plugin(handlers);`,
      '',
      "process.once('SIGINT', () => void plugin.unmount('interrupted'));",
      'plugin.mount({ address, token }).catch(error => {',
      '  process.stderr.write(`${error}\\n`);',
      '  process.exitCode = 1;',
      '});',
    )
    .toString();
}
