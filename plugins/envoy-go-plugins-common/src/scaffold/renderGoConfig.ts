import type { JsonValue } from '@backstage/types';
import type { ConfigField, ConfigFieldType } from './ConfigField';
import { exampleConfig } from './exampleConfig';
import { parseGoDuration, renderGoDuration } from './goDuration';
import { goFieldName } from './goNames';

/** Where gofmt leaves comments alone but readers like them to end. */
const COMMENT_WIDTH = 92;

const GO_TYPES = {
  string: 'string',
  integer: 'int64',
  number: 'float64',
  boolean: 'bool',
  duration: 'Duration',
  'string[]': '[]string',
} as const;

const KINDS = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  duration: 'a duration',
  'string[]': 'a list of strings',
} as const;

/** Values of another type than the field's, each of which the rendered code must refuse. */
const WRONG_VALUES = {
  string: 1,
  integer: 1.5,
  number: 'one',
  boolean: 'yes',
  duration: 'soon',
  'string[]': 'one',
} as const;

/**
 * Options of {@link renderGoConfig} and {@link renderGoConfigTest}.
 *
 * @public
 */
export interface RenderGoConfigOptions {
  /** The Go package of the file, see {@link goPackageName}. */
  packageName: string;
}

/**
 * An interpreted Go string literal. Control, formatting and private characters are escaped,
 * so that no text can hide in the code or break out of the literal.
 */
function goString(text: string): string {
  const escaped = Array.from(text, character => {
    switch (character) {
      case '"':
      case '\\':
        return `\\${character}`;
      case '\n':
        return '\\n';
      case '\r':
        return '\\r';
      case '\t':
        return '\\t';
      default: {
        if (!/[\p{C}\p{Zl}\p{Zp}]/u.test(character)) {
          return character;
        }
        const code = character.codePointAt(0) ?? 0xfffd;
        return code > 0xffff
          ? `\\U${code.toString(16).padStart(8, '0')}`
          : `\\u${code.toString(16).padStart(4, '0')}`;
      }
    }
  });
  return `"${escaped.join('')}"`;
}

/** A string literal for JSON: raw where that can be, so that a reader sees the JSON itself. */
function goJson(value: JsonValue): string {
  const json = JSON.stringify(value);
  return /[`\p{C}\p{Zl}\p{Zp}]/u.test(json) ? goString(json) : `\`${json}\``;
}

/**
 * Text as the lines of a Go comment: one paragraph, without characters that a reader cannot
 * see, and without the quotes that gofmt would rewrite.
 */
function commentLines(text: string, indent: string): string[] {
  const words = text
    .replace(/[\p{Z}\p{C}]+/gu, ' ')
    .replace(/``|''/g, '"')
    .trim()
    .split(' ');
  const lines: string[] = [];
  for (const word of words) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= COMMENT_WIDTH) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(`${indent}// ${word}`);
    }
  }
  return lines;
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function describe(field: ConfigField): string {
  const description = field.description?.trim();
  const parts = [
    description ? `: ${sentence(description)}` : ` is ${KINDS[field.type]}.`,
  ];
  if (field.required) {
    parts.push('Required.');
  } else if (field.default !== undefined) {
    parts.push(`Default: ${JSON.stringify(field.default)}.`);
  }
  return `${goFieldName(field.name)}${parts.join(' ')}`;
}

function goType(field: ConfigField): string {
  return field.secret ? 'Secret' : GO_TYPES[field.type];
}

function goValue(field: ConfigField, value: JsonValue): string {
  if (field.type === 'duration') {
    return `Duration(${renderGoDuration(
      parseGoDuration(String(value)) ?? 0n,
    )})`;
  }
  if (Array.isArray(value)) {
    return `[]string{${value.map(item => goString(String(item))).join(', ')}}`;
  }
  return typeof value === 'string' ? goString(value) : JSON.stringify(value);
}

/** A list of strings as Go writes it: on one line, or one line each when that would be long. */
function goStringList(values: string[], indent: string): string {
  const oneLine = `[]string{${values.map(goString).join(', ')}}`;
  if (oneLine.length <= COMMENT_WIDTH) {
    return oneLine;
  }
  return `[]string{\n${values
    .map(value => `${indent}\t${goString(value)},\n`)
    .join('')}${indent}}`;
}

function imports(packages: string[]): string {
  if (packages.length === 1) {
    return `import "${packages[0]}"\n`;
  }
  return `import (\n${packages
    .sort()
    .map(name => `\t"${name}"\n`)
    .join('')})\n`;
}

function renderStruct(fields: readonly ConfigField[]): string {
  const comment =
    '// Config is the configuration of the filter. The schema in catalog-info.yaml admits the same.\n';
  if (fields.length === 0) {
    return `${comment}// There is nothing to configure yet.\ntype Config struct{}\n`;
  }
  const members = fields.map(field =>
    [
      ...commentLines(describe(field), '\t'),
      `\t${goFieldName(field.name)} ${goType(field)} \`json:"${field.name}"\``,
    ].join('\n'),
  );
  return `${comment}type Config struct {\n${members.join('\n\n')}\n}\n`;
}

function renderDefaults(fields: readonly ConfigField[]): string {
  const assignments = fields
    .filter(field => field.default !== undefined)
    .map(
      field =>
        `\tconfig.${goFieldName(field.name)} = ${goValue(
          field,
          field.default!,
        )}\n`,
    );
  const body =
    assignments.length > 0
      ? `\tvar config Config\n${assignments.join('')}\treturn config\n`
      : '\treturn Config{}\n';
  return `// DefaultConfig is what holds for the fields that a configuration leaves out.
func DefaultConfig() Config {
${body}}
`;
}

function renderParse(fields: readonly ConfigField[]): string {
  const required = fields.filter(field => field.required);
  const checkRequired =
    required.length > 0
      ? `	for _, name := range ${goStringList(
          required.map(({ name }) => name),
          '\t',
        )} {
		if _, ok := given[name]; !ok {
			return Config{}, fmt.Errorf("the configuration lacks the required field %q", name)
		}
	}
`
      : '';
  return `// ParseConfig reads the configuration that Envoy hands over as JSON. It refuses fields that it
// does not know: a misspelt one would otherwise change nothing, and nobody would notice.
func ParseConfig(raw []byte) (Config, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		raw = []byte("{}")
	}
	var given map[string]json.RawMessage
	if err := json.Unmarshal(raw, &given); err != nil {
		return Config{}, fmt.Errorf("the configuration is no JSON object: %w", err)
	}
	known := ${goStringList(
    fields.map(({ name }) => name),
    '\t',
  )}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(known, name) {
			return Config{}, fmt.Errorf("the configuration has an unknown field %q", name)
		}
		if string(given[name]) == "null" {
			return Config{}, fmt.Errorf("the field %q has no value; remove it or give it one", name)
		}
	}
${checkRequired}	config := DefaultConfig()
	if err := json.Unmarshal(raw, &config); err != nil {
		return Config{}, fmt.Errorf("the configuration does not fit: %w", err)
	}
	if err := config.Validate(); err != nil {
		return Config{}, fmt.Errorf("the configuration is not valid: %w", err)
	}
	return config, nil
}
`;
}

function renderValidate(fields: readonly ConfigField[]): string {
  const rules = fields.flatMap(field => {
    const name = `c.${goFieldName(field.name)}`;
    const rule = (condition: string, what: string) =>
      `	if ${condition} {
		return errors.New(${goString(`the field "${field.name}" ${what}`)})
	}
`;
    if (field.type === 'duration') {
      return [rule(`${name} < 0`, 'must not be negative')];
    }
    if (field.required && field.type === 'string') {
      return [rule(`${name} == ""`, 'must not be empty')];
    }
    if (field.required && field.type === 'string[]') {
      return [rule(`len(${name}) == 0`, 'must not be empty')];
    }
    return [];
  });
  return `// Validate says what is wrong with a configuration whose fields have the right types.
func (${rules.length > 0 ? 'c ' : ''}Config) Validate() error {
${rules.join('')}	return nil
}
`;
}

const DURATION = `// Duration is a time.Duration that is written in JSON as in Go: "150ms" or "1m30s".
type Duration time.Duration

// UnmarshalJSON reads a duration from a JSON string.
func (d *Duration) UnmarshalJSON(raw []byte) error {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return fmt.Errorf("a duration is a string such as \\"1m30s\\": %w", err)
	}
	parsed, err := time.ParseDuration(text)
	if err != nil {
		return err
	}
	*d = Duration(parsed)
	return nil
}
`;

const SECRET = `// Secret is a string that does not show itself when it is logged or printed.
type Secret string

// String hides the secret from fmt and from logs.
func (Secret) String() string { return "[secret]" }

// GoString hides the secret from the verb %#v.
func (Secret) GoString() string { return "[secret]" }
`;

/**
 * Renders `config.go`: the struct with its comments, its defaults, strict parsing of the JSON
 * that Envoy hands over, and `Validate`. The result is formatted as gofmt formats it.
 *
 * @param fields - as {@link validateConfigFields} accepts them
 * @public
 */
export function renderGoConfig(
  fields: readonly ConfigField[],
  options: RenderGoConfigOptions,
): string {
  const validate = renderValidate(fields);
  const hasDuration = fields.some(field => field.type === 'duration');
  const hasSecret = fields.some(field => field.secret);
  return [
    `package ${options.packageName}\n`,
    imports([
      'bytes',
      'encoding/json',
      'fmt',
      'maps',
      'slices',
      ...(validate.includes('errors.New') ? ['errors'] : []),
      ...(hasDuration ? ['time'] : []),
    ]),
    renderStruct(fields),
    renderDefaults(fields),
    renderParse(fields),
    validate,
    ...(hasDuration ? [DURATION] : []),
    ...(hasSecret ? [SECRET] : []),
  ].join('\n');
}

/**
 * Renders `config_test.go`, which goes with {@link renderGoConfig}: the example is accepted,
 * defaults hold, and what does not fit is refused. It declares the constant
 * `exampleConfig`, the JSON of an accepted configuration, for other tests of the package.
 *
 * @param fields - as {@link validateConfigFields} accepts them
 * @public
 */
export function renderGoConfigTest(
  fields: readonly ConfigField[],
  options: RenderGoConfigOptions,
): string {
  const example = exampleConfig(fields);
  const smallest = exampleConfig(fields, { requiredOnly: true });
  const defaults = fields.filter(field => field.default !== undefined);
  const lists = defaults.some(field => field.type === 'string[]');

  const checks = defaults.map(field => {
    const name = `config.${goFieldName(field.name)}`;
    const value = goValue(field, field.default!);
    const conditions: Partial<Record<ConfigFieldType, string>> = {
      boolean: field.default ? `!${name}` : name,
      duration: `want := ${value}; ${name} != want`,
      'string[]': `!slices.Equal(${name}, ${value})`,
    };
    return `	if ${conditions[field.type] ?? `${name} != ${value}`} {
		t.Errorf("the default of ${field.name} is %v", ${name})
	}
`;
  });
  const namesUnits = defaults.some(
    field =>
      field.type === 'duration' &&
      goValue(field, field.default!) !== goValue(field, '0'),
  );
  const smallestJson =
    Object.keys(smallest).length > 0 ? goJson(smallest) : '""';
  const defaultsTest =
    checks.length > 0
      ? `	config, err := ParseConfig([]byte(${smallestJson}))
	if err != nil {
		t.Fatal(err)
	}
${checks.join('')}`
      : `	if _, err := ParseConfig([]byte(${smallestJson})); err != nil {
		t.Fatal(err)
	}
`;

  const fitting = (field: ConfigField, value: JsonValue): JsonValue => ({
    ...smallest,
    [field.name]: value,
  });
  const refused: Array<[name: string, config: JsonValue]> = [
    ['an unknown field', { ...smallest, noSuchField: 1 }],
    ['no object', 'text'],
    ...fields.map((field): [string, JsonValue] => [
      `${field.name} of another type`,
      fitting(field, WRONG_VALUES[field.type]),
    ]),
    ...fields
      .slice(0, 1)
      .map((field): [string, JsonValue] => [
        `${field.name} without a value`,
        fitting(field, null),
      ]),
    ...fields
      .filter(field => field.type === 'duration')
      .map((field): [string, JsonValue] => [
        `${field.name} below zero`,
        fitting(field, '-1s'),
      ]),
    ...fields
      .filter(field => field.required)
      .map((field): [string, JsonValue] => {
        const { [field.name]: _, ...rest } = smallest;
        return [`no ${field.name}`, rest];
      }),
    ...fields
      .filter(field => field.required && field.type === 'string')
      .map((field): [string, JsonValue] => [
        `an empty ${field.name}`,
        fitting(field, ''),
      ]),
  ];

  const secret = fields.find(field => field.secret);
  const secretTest = secret
    ? `
func TestConfigDoesNotShowItsSecrets(t *testing.T) {
	config, err := ParseConfig([]byte(exampleConfig))
	if err != nil {
		t.Fatal(err)
	}
	shown := fmt.Sprintf("%v %+v %#v", config, config, config)
	if strings.Contains(shown, string(config.${goFieldName(secret.name)})) {
		t.Errorf("the secret shows in %s", shown)
	}
}
`
    : '';

  return `package ${options.packageName}

${imports([
  ...(secret ? ['fmt', 'strings'] : []),
  ...(lists ? ['slices'] : []),
  ...(namesUnits ? ['time'] : []),
  'testing',
])}
// exampleConfig sets every field.
const exampleConfig = ${goJson(example)}

func TestParseConfigAcceptsTheExample(t *testing.T) {
	if _, err := ParseConfig([]byte(exampleConfig)); err != nil {
		t.Fatal(err)
	}
}

func TestParseConfigNeedsOnlyWhatIsRequired(t *testing.T) {
${defaultsTest}}

func TestParseConfigRefuses(t *testing.T) {
	for _, test := range []struct{ name, config string }{
${refused
  .map(([name, config]) => `		{${goString(name)}, ${goJson(config)}},\n`)
  .join('')}	} {
		t.Run(test.name, func(t *testing.T) {
			if config, err := ParseConfig([]byte(test.config)); err == nil {
				t.Errorf("%s was read as %+v", test.config, config)
			}
		})
	}
}
${secretTest}`;
}
