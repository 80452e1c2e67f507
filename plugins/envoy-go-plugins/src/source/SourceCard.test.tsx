import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import { InMemoryEnvoyGoPluginsApi, samplePlugins } from '../__testUtils__';
import { renderWithApi } from '../__testUtils__/renderWithApi';
import { SourceCard } from './SourceCard';

describe('SourceCard', () => {
  const plugins = samplePlugins();
  const [{ details }] = plugins;
  const render = (
    api = new InMemoryEnvoyGoPluginsApi({ plugins }),
    theme: 'light' | 'dark' = 'light',
  ) => renderWithApi(<SourceCard />, { api, entity: details.entity, theme });

  it('lists the branches, the default one first, with their commits', async () => {
    await render();
    const branches = await screen.findByRole('list', { name: 'Branches' });
    expect(
      within(branches)
        .getAllByRole('listitem')
        .map(item => item.textContent),
    ).toEqual([
      expect.stringMatching(/^main.*default.*9f86d08/),
      expect.stringMatching(/^feature\/query-parameter.*5feceb6/),
    ]);
    expect(
      await within(branches).findByRole('link', { name: /feature/ }),
    ).toHaveAttribute(
      'href',
      'https://github.example/envoy-plugins/token-auth/tree/feature/query-parameter',
    );
  });

  it('shows a few tags, and all of them when asked', async () => {
    await render();
    const tags = await screen.findByRole('list', { name: 'Tags' });
    expect(within(tags).getAllByRole('listitem')).toHaveLength(5);
    await userEvent.click(screen.getByRole('button', { name: 'Show all 6' }));
    expect(within(tags).getAllByRole('listitem')).toHaveLength(6);
  });

  it('names who wrote it', async () => {
    await render();
    const people = await screen.findByRole('list', { name: 'Contributors' });
    expect(
      within(people).getByRole('link', { name: /^author, 87 commits/ }),
    ).toHaveAttribute('href', 'https://github.example/author');
    expect(
      within(people).getByRole('link', { name: /^somebody-else, 1 commit,/ }),
    ).toBeInTheDocument();
    expect(screen.getByText(/^as of/)).toBeInTheDocument();
  });

  it('says why it cannot be shown, and tries again', async () => {
    const api = new InMemoryEnvoyGoPluginsApi({ plugins });
    api.failWith(new TypeError('Failed to fetch'));
    await render(api);
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('The source could not be shown');
    api.failWith(undefined);
    await userEvent.click(within(alert).getByRole('button', { name: 'Retry' }));
    expect(
      await screen.findByRole('list', { name: 'Branches' }),
    ).toBeInTheDocument();
  });

  it.each(['light', 'dark'] as const)(
    'has no accessibility faults in the %s theme',
    async theme => {
      const { container } = await render(undefined, theme);
      await screen.findByRole('list', { name: 'Contributors' });
      expect(await axe(container)).toHaveNoViolations();
    },
  );
});
