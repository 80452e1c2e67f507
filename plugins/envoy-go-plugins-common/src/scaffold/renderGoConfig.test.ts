import type { ConfigField } from './ConfigField';
import { renderGoConfig, renderGoConfigTest } from './renderGoConfig';

const options = { packageName: 'tokenauth' };

describe('renderGoConfig', () => {
  it('renders a filter without configuration', () => {
    expect(renderGoConfig([], options)).toMatchSnapshot();
    expect(renderGoConfigTest([], options)).toMatchSnapshot();
  });

  it('renders fields of every type', () => {
    const fields: ConfigField[] = [
      {
        name: 'secret',
        type: 'string',
        required: true,
        secret: true,
        description: 'What callers must know',
      },
      {
        name: 'maxRequests',
        type: 'integer',
        default: 10,
        description: 'How many requests pass in a second.',
      },
      { name: 'ratio', type: 'number' },
      { name: 'enabled', type: 'boolean', default: true },
      { name: 'timeout', type: 'duration', default: '1m30s' },
      { name: 'paths', type: 'string[]', default: ['/a', '/b'] },
    ];
    expect(renderGoConfig(fields, options)).toMatchSnapshot();
    expect(renderGoConfigTest(fields, options)).toMatchSnapshot();
  });

  it('keeps a description inside its comment', () => {
    const code = renderGoConfig(
      [
        {
          name: 'a',
          type: 'string',
          description: 'one\n}\nfunc init() { panic("x") }\u2028\u202e*/',
        },
      ],
      options,
    );
    expect(code).toContain(
      '\t// A: one } func init() { panic("x") } */.\n\tA string `json:"a"`\n',
    );
  });

  it('escapes what a string literal could hide', () => {
    const code = renderGoConfig(
      [{ name: 'a', type: 'string', default: '"\\\n\u202e\u0000`\u{e0001}é' }],
      options,
    );
    expect(code).toContain(
      'config.A = "\\"\\\\\\n\\u202e\\u0000`\\U000e0001é"\n',
    );
  });
});
