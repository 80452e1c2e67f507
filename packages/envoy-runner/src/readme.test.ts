import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { envoyProofSchema, parseProof } from './proof';

const readme = readFileSync(resolve(__dirname, '../README.md'), 'utf8');

function propertyNames(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) {
    return [];
  }
  return Object.entries(schema).flatMap(([key, value]) => [
    ...(key === 'properties' ? Object.keys(value) : []),
    ...propertyNames(value),
  ]);
}

describe('the README', () => {
  it.each([...new Set(propertyNames(envoyProofSchema))])(
    'describes the field %s of a proof',
    name => {
      expect(readme).toMatch(new RegExp(`\\b${name}\\b`));
    },
  );

  it('shows a proof that is valid', () => {
    const [, example = ''] = /```yaml\n([^]*?)```/.exec(readme) ?? [];
    expect(parseProof(example, 'README.md').cases).toHaveLength(2);
  });
});
