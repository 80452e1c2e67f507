/**
 * @jest-environment node
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  CONFIG_FIELD_TYPES,
  type ConfigField,
  type ConfigFieldType,
} from './ConfigField';
import { renderGoConfig, renderGoConfigTest } from './renderGoConfig';
import { validateConfigFields } from './validateConfigFields';

const run = promisify(execFile);

const DEFAULTS: Record<ConfigFieldType, ConfigField['default']> = {
  string: 'text with "quotes", `ticks`, \\ and \u2028\u202e\u0000',
  integer: -999999999999999,
  number: 1e21,
  boolean: false,
  duration: '1h0.5ms',
  'string[]': ['a', '"b"', ''],
};

const HOSTILE_DESCRIPTIONS = [
  '``quoted\'\' and "quoted"',
  '# Heading\n\n- item\n- item\n\n\tcode',
  '*/ } func init() { panic(1) } /*',
  'go:build ignore //go:build ignore',
  `[link]: https://example.com ${'long '.repeat(60)}`,
  ' \u202e\ufeff\u0000 ',
];

const PACKAGES: Record<string, ConfigField[]> = {
  none: [],
  ...Object.fromEntries(
    CONFIG_FIELD_TYPES.map((type, index) => [
      `only${index}`,
      [{ name: 'value', type }],
    ]),
  ),
  ...Object.fromEntries(
    CONFIG_FIELD_TYPES.map((type, index) => [
      `required${index}`,
      [{ name: 'value', type, required: true }],
    ]),
  ),
  defaults: CONFIG_FIELD_TYPES.map((type, index) => ({
    name: `value${index}`,
    type,
    default: DEFAULTS[type],
    description: HOSTILE_DESCRIPTIONS[index],
  })),
  secret: [
    { name: 'secret', type: 'string', secret: true, required: true },
    { name: 'userId', type: 'string', secret: true },
  ],
  // Names that would not do as Go identifiers if they were not exported.
  keywords: [
    'type',
    'func',
    'string',
    'error',
    'duration',
    'config',
    'time',
  ].map(name => ({ name, type: 'duration' as const, default: '0' })),
  many: Array.from({ length: 30 }, (_, index) => ({
    name: `aRatherLongFieldName${index}`,
    type: CONFIG_FIELD_TYPES[index % CONFIG_FIELD_TYPES.length],
    required: index % 2 === 0,
    description: 'Long enough. '.repeat(20),
  })),
};

describe('the rendered Go code', () => {
  let module: string;

  beforeAll(async () => {
    module = await mkdtemp(join(tmpdir(), 'envoy-go-config-'));
    await writeFile(
      join(module, 'go.mod'),
      'module example.com/x\n\ngo 1.25\n',
    );
    for (const [packageName, fields] of Object.entries(PACKAGES)) {
      const directory = join(module, packageName);
      await mkdir(directory);
      await writeFile(
        join(directory, 'config.go'),
        renderGoConfig(fields, { packageName }),
      );
      await writeFile(
        join(directory, 'config_test.go'),
        renderGoConfigTest(fields, { packageName }),
      );
    }
  });

  afterAll(async () => {
    await rm(module, { recursive: true, force: true });
  });

  it.each(Object.entries(PACKAGES))(
    'comes from fields that are accepted: %s',
    (_, fields) => {
      expect(validateConfigFields(fields)).toEqual([]);
    },
  );

  it('is formatted as gofmt formats it', async () => {
    const { stdout } = await run('gofmt', ['-l', '.'], { cwd: module });
    expect(stdout).toBe('');
  });

  it('compiles, and its tests pass', async () => {
    const { stdout } = await run('go', ['test', './...'], {
      cwd: module,
      env: { ...process.env, CGO_ENABLED: '0' },
    });
    expect(stdout.match(/^ok /gm)).toHaveLength(Object.keys(PACKAGES).length);
  }, 300_000);
});
