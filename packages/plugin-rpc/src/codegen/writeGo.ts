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
  bool: 'bool',
  int32: 'int32',
  int64: 'int64',
  float64: 'float64',
  string: 'string',
  bytes: '[]byte',
  time: 'time.Time',
} as const;

const GETTERS = {
  bool: 'Bool',
  int32: 'Int32',
  int64: 'Int64',
  float64: 'Float64',
  string: 'String',
  bytes: 'Bytes',
  time: 'Time',
} as const;

function typeOf(type: ValueType, enumName: string): string {
  switch (type.kind) {
    case 'list':
      return `[]${typeOf(type.of, enumName)}`;
    case 'map':
      return `map[string]${typeOf(type.of, enumName)}`;
    case 'enum':
      return enumName;
    default:
      return TYPES[type.kind];
  }
}

function enumOf(type: ValueType): readonly string[] | undefined {
  switch (type.kind) {
    case 'list':
    case 'map':
      return enumOf(type.of);
    case 'enum':
      return type.values;
    default:
      return undefined;
  }
}

/** Whether absence is a nil slice or map; other optional fields are pointers. */
function isNilable({ kind }: ValueType): boolean {
  return kind === 'list' || kind === 'map' || kind === 'bytes';
}

/** What reading a field needs: the name of its enum, and readers of its items. */
interface FieldReader {
  enumName: string;
  /** Begins the names of the readers. */
  name: string;
  /** Functions that read items, to be written. */
  readers: { signature: string; call: string }[];
}

/** A call that reads a value of the type out of a Map or List. */
function read(
  type: ValueType,
  container: 'Map' | 'List',
  field: FieldReader,
  from: string,
  key: string,
): string {
  const of = container === 'Map' ? 'At' : 'In';
  switch (type.kind) {
    case 'list':
      return `pluginrpc.List${of}(${from}, ${key}, ${reader(
        type.of,
        'List',
        field,
      )})`;
    case 'map':
      return `pluginrpc.Map${of}(${from}, ${key}, ${reader(
        type.of,
        'Map',
        field,
      )})`;
    case 'enum':
      return `pluginrpc.Enum${of}(${from}, ${key}, ${type.values
        .map(value => constantOf(field.enumName, value))
        .join(', ')})`;
    default:
      return `${from}.${GETTERS[type.kind]}(${key})`;
  }
}

/** A function that reads a value of the type out of a Map or List. */
function reader(
  type: ValueType,
  container: 'Map' | 'List',
  field: FieldReader,
): string {
  if (type.kind !== 'list' && type.kind !== 'map' && type.kind !== 'enum') {
    return `pluginrpc.${container}.${GETTERS[type.kind]}`;
  }
  const call = read(type, container, field, 'from', 'key');
  const name = `${field.name}${'Item'.repeat(field.readers.length + 1)}`;
  field.readers.push({
    signature: `func ${name}(from pluginrpc.${container}, key ${
      container === 'Map' ? 'string' : 'int'
    }) (${typeOf(type, field.enumName)}, error)`,
    call,
  });
  return name;
}

function constantOf(enumName: string, value: string): string {
  return enumName + value.split(/[-_]/).map(pascalCase).join('');
}

function writeComment(out: SourceText, comment: string): void {
  if (comment !== '') {
    out.add(...comment.split('\n').map(line => `// ${line}`.trimEnd()));
  }
}

/** One of a function's shapes, with the name of its type. */
interface Named {
  type: string;
  shape: Shape;
  what: string;
}

function shapesOf({ name, args, parts, result }: FunctionDefinition): {
  args: Named;
  parts: Named | undefined;
  result: Named;
} {
  const named = (suffix: string, shape: Shape, what: string): Named => ({
    type: shape.kind === 'bytes' ? '[]byte' : `${pascalCase(name)}${suffix}`,
    shape,
    what,
  });
  return {
    args: named('Args', args, `is what ${name} takes.`),
    parts: parts && named('Part', parts, `is what ${name} streams.`),
    result: named('Result', result, `is what ${name} gives.`),
  };
}

function writeShape(
  out: SourceText,
  { type, shape, what }: Named,
  direction: 'in' | 'out',
): void {
  if (shape.kind === 'bytes') {
    return;
  }
  const enumNameOf = ({ name }: Field) => type + pascalCase(name);
  out.gap().add(`// ${type} ${what}`);
  if (shape.fields.length === 0) {
    out.add(`type ${type} struct{}`);
  } else {
    out.block(`type ${type} struct {`, '}', () => {
      for (const field of shape.fields) {
        // An empty line between fields, so that gofmt has no columns to align.
        out.gap();
        writeComment(out, field.comment);
        const pointer = field.optional && !isNilable(field.type) ? '*' : '';
        out.add(
          `${pascalCase(field.name)} ${pointer}${typeOf(
            field.type,
            enumNameOf(field),
          )}`,
        );
      }
    });
  }
  for (const field of shape.fields) {
    const values = enumOf(field.type);
    if (values) {
      const enumName = enumNameOf(field);
      out.gap().add(`// ${enumName} is one of ${values.join(', ')}.`);
      out.add(`type ${enumName} string`).gap();
      for (const value of values) {
        out.add(
          `const ${constantOf(enumName, value)} ${enumName} = "${value}"`,
        );
      }
    }
  }
  if (direction === 'in') {
    writeReader(out, type, shape.fields);
  } else {
    writeWriter(out, type, shape.fields);
  }
}

function writeReader(out: SourceText, type: string, fields: Field[]): void {
  if (fields.length === 0) {
    return;
  }
  const readers: FieldReader['readers'] = [];
  out
    .gap()
    .block(
      `func read${type}(payload *pluginrpc.Payload) (args ${type}, err error) {`,
      '}',
      () => {
        out.add('fields, err := payload.Map()');
        writeIfFailed(out);
        for (const field of fields) {
          const enumName = type + pascalCase(field.name);
          const own: FieldReader = {
            enumName,
            name: `read${enumName}`,
            readers: [],
          };
          const call = read(
            field.type,
            'Map',
            own,
            'fields',
            `"${field.name}"`,
          );
          readers.push(...own.readers);
          writeFieldReader(out, field, call);
        }
        out.add('return args, nil');
      },
    );
  for (const { signature, call } of readers) {
    out.gap().block(`${signature} {`, '}', () => out.add(`return ${call}`));
  }
}

function writeFieldReader(out: SourceText, field: Field, call: string): void {
  const name = pascalCase(field.name);
  if (!field.optional) {
    out.block(`if args.${name}, err = ${call}; err != nil {`, '}', () =>
      out.add('return args, err'),
    );
    return;
  }
  out.block(`if fields.Has("${field.name}") {`, '}', () => {
    out.add(`value, err := ${call}`);
    writeIfFailed(out);
    out.add(`args.${name} = ${isNilable(field.type) ? '' : '&'}value`);
  });
}

function writeIfFailed(out: SourceText): void {
  out.block('if err != nil {', '}', () => out.add('return args, err'));
}

function writeWriter(out: SourceText, type: string, fields: Field[]): void {
  out.gap().block(`func (value ${type}) toMap() map[string]any {`, '}', () => {
    out.add('fields := map[string]any{}');
    for (const { name, optional } of fields) {
      const field = `value.${pascalCase(name)}`;
      const set = () => out.add(`fields["${name}"] = ${field}`);
      if (optional) {
        out.block(`if ${field} != nil {`, '}', set);
      } else {
        set();
      }
    }
    out.add('return fields');
  });
}

function toWire({ shape }: Named, value: string): string {
  return shape.kind === 'bytes' ? value : `${value}.toMap()`;
}

function writeHandlers(out: SourceText, definition: PluginDefinition): void {
  out.gap().add(`// Handlers are what a ${definition.name} plugin does.`);
  out.block('type Handlers interface {', '}', () => {
    for (const item of definition.functions) {
      const { args, parts, result } = shapesOf(item);
      out.gap();
      writeComment(out, item.comment);
      const part = parts ? `, part func(${parts.type}) error` : '';
      out.add(
        `${pascalCase(item.name)}(ctx *pluginrpc.Context, args ${
          args.type
        }${part}) (${result.type}, error)`,
      );
    }
  });
}

function writeNewPlugin(out: SourceText, definition: PluginDefinition): void {
  out
    .gap()
    .add(
      '// NewPlugin makes a plugin that does what the handlers do. What options say of name,',
      '// version and functions is overwritten.',
    );
  out.block(
    'func NewPlugin(handlers Handlers, options pluginrpc.Options) (*pluginrpc.Plugin, error) {',
    '}',
    () => {
      out.add(
        `options.Name = "${definition.name}"`,
        `options.Version = "${definition.version}"`,
      );
      out.block(
        'options.Functions = map[string]pluginrpc.Function{',
        '}',
        () => {
          for (const item of definition.functions) {
            out.block(`"${item.name}": {`, '},', () => {
              out.add(`Signature: "${signatureOf(item)}",`);
              out.block(
                'Handler: func(ctx *pluginrpc.Context) (any, error) {',
                '},',
                () => writeHandler(out, item),
              );
            });
          }
        },
      );
      out.add('return pluginrpc.New(options)');
    },
  );
}

function writeHandler(out: SourceText, item: FunctionDefinition): void {
  const { args, parts, result } = shapesOf(item);
  const values = ['ctx'];
  const fail = () => out.add('return nil, err');
  if (args.shape.kind === 'fields' && args.shape.fields.length === 0) {
    values.push(`${args.type}{}`);
  } else {
    out.add(
      args.shape.kind === 'bytes'
        ? 'args, err := ctx.Bytes()'
        : `args, err := read${args.type}(ctx.Payload)`,
    );
    out.block('if err != nil {', '}', fail);
    values.push('args');
  }
  if (parts) {
    out.block(`part := func(part ${parts.type}) error {`, '}', () =>
      out.add(`return ctx.Part(${toWire(parts, 'part')})`),
    );
    values.push('part');
  }
  out.add(
    `result, err := handlers.${pascalCase(item.name)}(${values.join(', ')})`,
  );
  out.block('if err != nil {', '}', fail);
  out.add(`return ${toWire(result, 'result')}, nil`);
}

/** A plugin in Go, but for its handlers. */
export function writeGo(definition: PluginDefinition): string {
  const body = new SourceText('\t');
  for (const item of definition.functions) {
    const { args, parts, result } = shapesOf(item);
    writeShape(body, args, 'in');
    if (parts) {
      writeShape(body, parts, 'out');
    }
    writeShape(body, result, 'out');
  }
  writeHandlers(body, definition);
  writeNewPlugin(body, definition);
  const head = new SourceText('\t').add(
    `// Code generated by plugin-rpc create from ${definition.file}. DO NOT EDIT.`,
    '',
  );
  if (definition.comment) {
    writeComment(head, definition.comment);
    head.add('//');
  }
  head.add(
    `// Command main is the plugin ${definition.name}.`,
    'package main',
    '',
  );
  head.block('import (', ')', () => {
    if (/\btime\.Time\b/.test(body.toString())) {
      head.add('"time"', '');
    }
    head.add('"envoygo.dev/pluginrpc"');
  });
  return `${head}\n${body}`;
}

/** A first handler file, for people to go on with. */
export function writeGoHandlers({ functions }: PluginDefinition): string {
  const out = new SourceText('\t').add('package main', '');
  out.block('import (', ')', () =>
    out.add('"errors"', '', '"envoygo.dev/pluginrpc"'),
  );
  out
    .gap()
    .add(
      '// Yours: plugin-rpc create made this file once and leaves it alone.',
      'type handlers struct{}',
    );
  for (const item of functions) {
    const { args, parts, result } = shapesOf(item);
    const part = parts ? `, part func(${parts.type}) error` : '';
    out.gap();
    out.block(
      `func (handlers) ${pascalCase(item.name)}(ctx *pluginrpc.Context, args ${
        args.type
      }${part}) (result ${result.type}, err error) {`,
      '}',
      () =>
        out.add(`return result, errors.New("${item.name} is not written yet")`),
    );
  }
  return out.toString();
}

/** A first program that mounts the plugin. */
export function writeGoMain(): string {
  return `package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"

	"envoygo.dev/pluginrpc"
)

func main() {
	plugin, err := NewPlugin(handlers{}, pluginrpc.Options{})
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := plugin.Run(ctx, pluginrpc.MountOptions{
		Address: setting("PLUGIN_RPC_ADDRESS", "127.0.0.1:4020"),
		Token:   pluginrpc.StaticToken(setting("PLUGIN_RPC_TOKEN", "")),
	}); err != nil {
		log.Fatal(err)
	}
}

func setting(name, otherwise string) string {
	if value, ok := os.LookupEnv(name); ok {
		return value
	}
	return otherwise
}
`;
}

/**
 * The module file of a plugin: the library by its folder, and what the library needs.
 *
 * @param libraryModFile - the library's own go.mod
 * @param libraryPath - its folder, relative to the plugin's, with slashes
 */
export function writeGoMod(
  { name }: PluginDefinition,
  libraryModFile: string,
  libraryPath: string,
): string {
  const goVersion = /^go (\S+)$/m.exec(libraryModFile)?.[1] ?? '1.26';
  const needed = [
    ...libraryModFile.matchAll(/^\t(\S+ \S+)(?: \/\/ indirect)?$/gm),
  ]
    .map(([, requirement]) => `\t${requirement} // indirect`)
    .sort();
  return `module ${name}-plugin

go ${goVersion}

require envoygo.dev/pluginrpc v0.0.0

require (
${needed.join('\n')}
)

replace envoygo.dev/pluginrpc => ${libraryPath}
`;
}
