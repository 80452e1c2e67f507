import { TestApiRegistry } from '@backstage/test-utils';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { sampleEntity } from '../__testUtils__';
import { validatePluginNameField } from './pluginNameField';

async function errorsOf(name: string | undefined) {
  const errors: string[] = [];
  await validatePluginNameField(
    name,
    { addError: message => errors.push(message) },
    {
      apiHolder: TestApiRegistry.from([
        catalogApiRef,
        catalogApiMock({ entities: [sampleEntity('token-auth')] }),
      ]),
    },
  );
  return errors;
}

describe('validatePluginNameField', () => {
  it('takes a good name', async () => {
    expect(await errorsOf('rate-limit')).toEqual([]);
  });

  it.each([
    [undefined, /Give the plugin a name/],
    ['Token', /must begin with a letter from a to z/],
    ['to_ken', /contains "_"/],
    ['func', /would make the Go package "func"/],
  ])('refuses %s with a sentence', async (name, sentence) => {
    expect(await errorsOf(name)).toEqual([expect.stringMatching(sentence)]);
  });

  it('refuses a name that the catalog has', async () => {
    expect(await errorsOf('token-auth')).toEqual([
      'The catalog has a plugin named "token-auth" already; choose another name.',
    ]);
  });

  it('lets a name pass when the catalog does not answer', async () => {
    const addError = jest.fn();
    await validatePluginNameField(
      'rate-limit',
      { addError },
      {
        apiHolder: TestApiRegistry.from([
          catalogApiRef,
          catalogApiMock.mock({
            getEntityByRef: async () => {
              throw new Error('no answer');
            },
          }),
        ]),
      },
    );
    expect(addError).not.toHaveBeenCalled();
  });
});
