/** The types without parts. */
export const SCALARS = [
  'bool',
  'int32',
  'int64',
  'float64',
  'string',
  'bytes',
  'time',
] as const;

export type Scalar = (typeof SCALARS)[number];

/** The type of a value, as written in a definition: `list<enum<red|green>>`. */
export type ValueType =
  | { kind: Scalar }
  | { kind: 'list' | 'map'; of: ValueType }
  | { kind: 'enum'; values: readonly string[] };

export interface Field {
  name: string;
  type: ValueType;
  /** Whether it may be absent. */
  optional: boolean;
  comment: string;
}

/** Arguments, a part or a result: fields in the Map codec, or bytes of the caller's own encoding. */
export type Shape = { kind: 'bytes' } | { kind: 'fields'; fields: Field[] };

export interface FunctionDefinition {
  name: string;
  comment: string;
  args: Shape;
  /** What it streams ahead of its result, if it does. */
  parts: Shape | undefined;
  result: Shape;
}

/** What a NAME-VERSION.yaml says. */
export interface PluginDefinition {
  /** The file's name, without folders. */
  file: string;
  name: string;
  version: string;
  comment: string;
  functions: FunctionDefinition[];
}

/** Something wrong in a definition, and where. */
export interface Problem {
  file: string;
  line: number;
  column: number;
  message: string;
}

/** A definition is not one; the message has a line for each problem. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';

  constructor(readonly problems: readonly Problem[]) {
    super(
      problems
        .map(
          ({ file, line, column, message }) =>
            `${file}:${line}:${column}: ${message}`,
        )
        .join('\n'),
    );
  }
}

function typeText(type: ValueType): string {
  switch (type.kind) {
    case 'list':
    case 'map':
      return `${type.kind}<${typeText(type.of)}>`;
    case 'enum':
      return `enum<${[...type.values].sort().join('|')}>`;
    default:
      return type.kind;
  }
}

function shapeText(shape: Shape): string {
  if (shape.kind === 'bytes') {
    return 'bytes';
  }
  const fields = shape.fields
    .map(
      ({ name, optional, type }) =>
        `${name}${optional ? '?' : ''}: ${typeText(type)}`,
    )
    .sort();
  return `(${fields.join(', ')})`;
}

/**
 * A function's signature in a MountRequest: the same for the same types, in whatever
 * order and with whatever comments they are written.
 */
export function signatureOf({
  args,
  parts,
  result,
}: FunctionDefinition): string {
  const streamed = parts ? ` -> stream ${shapeText(parts)}` : '';
  return `${shapeText(args)}${streamed} -> ${shapeText(result)}`;
}
