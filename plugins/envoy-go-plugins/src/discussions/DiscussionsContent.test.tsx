import { act, screen, within } from '@testing-library/react';
import { axe } from 'jest-axe';
import {
  InMemoryEnvoyGoPluginsApi,
  sampleEntity,
  samplePlugin,
  samplePlugins,
} from '../__testUtils__';
import { renderWithApi } from '../__testUtils__/renderWithApi';
import { DiscussionsContent } from './DiscussionsContent';

describe('DiscussionsContent', () => {
  const [tokenAuth] = samplePlugins();
  let api: InMemoryEnvoyGoPluginsApi;
  const render = (theme: 'light' | 'dark' = 'light') =>
    renderWithApi(<DiscussionsContent />, {
      api,
      entity: tokenAuth.details.entity,
      theme,
    });

  beforeEach(() => {
    api = new InMemoryEnvoyGoPluginsApi({ plugins: [tokenAuth] });
  });

  it('lists issues and pull requests with labels, authors and age', async () => {
    await render();
    expect(
      await screen.findByText('1 open issue, 1 open pull request'),
    ).toBeInTheDocument();
    const [pull, issue] = within(
      screen.getByRole('list', { name: 'Open issues and pull requests' }),
    ).getAllByRole('listitem');
    expect(pull).toHaveTextContent(
      /Accept tokens .* enhancement ?draft pull request #12 opened .* by contributor/,
    );
    expect(pull).toHaveTextContent('3 comments');
    expect(issue).toHaveTextContent(/issue #9 opened .* by author/);
    expect(issue).toHaveTextContent('help wanted');
    expect(issue).toHaveTextContent('1 comment');
  });

  it('takes a label’s colour only where it is one', async () => {
    const { container } = await render();
    await screen.findByText('help wanted');
    expect(
      [...container.querySelectorAll('[style]')].map(dot =>
        dot.getAttribute('style'),
      ),
    ).toEqual([
      'background-color: rgb(162, 238, 239);',
      'background-color: rgb(215, 58, 74);',
    ]);
  });

  it('leads to GitHub to write one', async () => {
    await render();
    expect(
      await screen.findByRole('button', { name: /Write an issue/ }),
    ).toHaveAttribute(
      'href',
      'https://github.example/envoy-plugins/token-auth/issues/new',
    );
  });

  it('says that nothing is being discussed', async () => {
    const entity = sampleEntity('quiet');
    await renderWithApi(<DiscussionsContent />, {
      api: new InMemoryEnvoyGoPluginsApi({ plugins: [samplePlugin(entity)] }),
      entity,
    });
    expect(
      await screen.findByText('Nothing is being discussed'),
    ).toBeInTheDocument();
    expect(
      screen.getByText('0 open issues, 0 open pull requests'),
    ).toBeInTheDocument();
  });

  it('waits, and says why it failed', async () => {
    const release = api.hold();
    await render();
    expect(
      screen.getByRole('list', { name: 'Open issues and pull requests' }),
    ).toHaveAttribute('aria-busy', 'true');
    api.failWith(new TypeError('Failed to fetch'));
    await act(async () => release());
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The discussions could not be listed',
    );
  });

  it.each(['light', 'dark'] as const)(
    'has no accessibility faults in the %s theme',
    async theme => {
      const { container } = await render(theme);
      await screen.findByText('help wanted');
      expect(await axe(container)).toHaveNoViolations();
    },
  );
});
