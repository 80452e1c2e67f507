import { useState } from 'react';
import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import type { ConfigField } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { ConfigFieldsEditor } from './ConfigFieldsEditor';
import { validateConfigFieldsField } from './configFieldsField';

let current: ConfigField[];

function Editor(props: { initial?: ConfigField[]; strict?: boolean }) {
  const [fields, setFields] = useState(props.initial ?? []);
  current = fields;
  return (
    <ConfigFieldsEditor
      id="fields"
      fields={fields}
      plugin="rate-limit"
      strict={props.strict ?? false}
      onChange={setFields}
    />
  );
}

const field = (number: number) =>
  within(screen.getByRole('group', { name: `Field ${number}` }));
const preview = () => screen.getByRole('tabpanel').textContent;

describe('ConfigFieldsEditor', () => {
  it('turns what is typed into fields, and shows the struct', async () => {
    render(<Editor />);
    expect(screen.getByText(/takes no configuration/)).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Add a field' }));
    await userEvent.type(field(1).getByLabelText('Name'), 'maxRequests');
    await userEvent.selectOptions(field(1).getByLabelText('Type'), 'integer');
    await userEvent.type(field(1).getByLabelText('Default'), '100');
    await userEvent.type(
      field(1).getByLabelText('What it does'),
      'How many pass.',
    );
    expect(current).toEqual([
      {
        name: 'maxRequests',
        type: 'integer',
        default: 100,
        description: 'How many pass.',
      },
    ]);
    expect(preview()).toMatch(/type Config struct \{[^}]*MaxRequests\s+int64/);
    await userEvent.click(screen.getByRole('tab', { name: 'JSON Schema' }));
    expect(JSON.parse(preview() ?? '')).toMatchObject({
      properties: { maxRequests: { type: 'integer', default: 100 } },
    });
  });

  it('says at the field what is wrong', async () => {
    render(
      <Editor
        initial={[
          { name: 'limit', type: 'integer' },
          { name: 'Limit!', type: 'string' },
        ]}
      />,
    );
    expect(field(2).getByText(/must begin with a lower-case/)).toBeVisible();
    await userEvent.type(field(1).getByLabelText('Default'), 'many');
    expect(field(1).getByText(/is not a whole number/)).toBeVisible();
    expect(preview()).toMatch(/^The preview appears as soon as/);
  });

  it('refuses the same name twice', () => {
    render(
      <Editor
        initial={[
          { name: 'limit', type: 'integer' },
          { name: 'limit', type: 'string' },
        ]}
      />,
    );
    expect(field(2).getByText(/already a field "limit"/)).toBeVisible();
  });

  it('asks for a name only once the field was left, or on going on', async () => {
    const { rerender } = render(<Editor />);
    await userEvent.click(screen.getByRole('button', { name: 'Add a field' }));
    expect(screen.queryByText(/Give the field a name/)).toBeNull();
    rerender(<Editor strict />);
    expect(screen.getByText(/Give the field a name/)).toBeVisible();
    rerender(<Editor />);
    await userEvent.click(field(1).getByLabelText('Name'));
    await userEvent.tab();
    expect(screen.getByText(/Give the field a name/)).toBeVisible();
  });

  it('keeps the others when one is removed', async () => {
    render(
      <Editor
        initial={[
          { name: 'first', type: 'string', default: 'a' },
          { name: 'second', type: 'number', default: 1.5 },
        ]}
      />,
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'Remove field 1' }),
    );
    expect(current).toEqual([{ name: 'second', type: 'number', default: 1.5 }]);
    expect(field(1).getByLabelText('Name')).toHaveValue('second');
    expect(field(1).getByLabelText('Default')).toHaveValue('1.5');
  });

  it('gives neither required fields nor secrets a default', async () => {
    render(
      <Editor initial={[{ name: 'secret', type: 'string', default: 'x' }]} />,
    );
    await userEvent.click(field(1).getByLabelText('secret'));
    expect(current).toEqual([{ name: 'secret', type: 'string', secret: true }]);
    expect(field(1).getByLabelText('Default')).toBeDisabled();
    await userEvent.selectOptions(field(1).getByLabelText('Type'), 'boolean');
    expect(field(1).queryByLabelText('secret')).toBeNull();
    expect(current).toEqual([{ name: 'secret', type: 'boolean' }]);
  });

  it('has no accessibility faults', async () => {
    const { container } = render(
      <Editor
        initial={[
          { name: 'limit', type: 'boolean' },
          { name: '!', type: 'string[]' },
        ]}
        strict
      />,
    );
    expect(await axe(container)).toHaveNoViolations();
  });
});

describe('validateConfigFieldsField', () => {
  it('says which field is wrong', () => {
    const errors: string[] = [];
    validateConfigFieldsField(
      [
        { name: 'fine', type: 'string' },
        { name: '', type: 'string' },
      ],
      { addError: message => errors.push(message) },
    );
    expect(errors).toEqual([
      'Field 2: Give the field a name, such as "maxRequests".',
    ]);
  });

  it('lets a filter without configuration pass', () => {
    const addError = jest.fn();
    validateConfigFieldsField(undefined, { addError });
    expect(addError).not.toHaveBeenCalled();
  });
});
