import { fireEvent, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import {
  InMemoryEnvoyGoPluginsApi,
  sampleEntity,
  samplePlugin,
  samplePlugins,
} from '../__testUtils__';
import { renderWithApi } from '../__testUtils__/renderWithApi';
import { ReadmeCard } from './ReadmeCard';

const entity = sampleEntity('strange');

async function renderReadme(content: string) {
  const plugin = samplePlugin(entity, {
    readme: {
      content,
      url: 'https://github.example/org/strange/blob/main/README.md',
      rawUrl: 'https://raw.example/org/strange/main/README.md',
    },
  });
  const rendered = await renderWithApi(<ReadmeCard />, {
    api: new InMemoryEnvoyGoPluginsApi({ plugins: [plugin] }),
    entity,
  });
  await screen.findByText('On GitHub');
  return rendered;
}

describe('ReadmeCard', () => {
  it('shows the README, with links and images of the repository', async () => {
    const [plugin] = samplePlugins();
    const { container } = await renderWithApi(<ReadmeCard />, {
      api: new InMemoryEnvoyGoPluginsApi({ plugins: [plugin] }),
      entity: plugin.details.entity,
    });
    expect(
      await screen.findByRole('heading', { name: 'How it works' }),
    ).toBeInTheDocument();
    expect(screen.getByRole('link', { name: /the proof/ })).toHaveAttribute(
      'href',
      'https://github.example/envoy-plugins/token-auth/blob/main/envoy-proof.yaml',
    );
    expect(screen.getByRole('img', { name: 'the flow' })).toHaveAttribute(
      'src',
      'https://github.example/envoy-plugins/token-auth/raw/main/docs/flow.png',
    );
    expect(await axe(container)).toHaveNoViolations();
  });

  it('follows its own anchors without leaving the page', async () => {
    const scrollIntoView = jest.fn();
    Object.defineProperty(Element.prototype, 'scrollIntoView', {
      configurable: true,
      value: scrollIntoView,
    });
    await renderReadme('[down](#how-it-works)\n\n## How it works\n');
    const link = screen.getByRole('link', { name: /down/ });
    const followed = fireEvent.click(link);
    expect(scrollIntoView.mock.contexts[0]).toBe(
      screen.getByRole('heading', { name: 'How it works' }),
    );
    expect(followed).toBe(false);
  });

  it('bears an anchor that is wrongly encoded', async () => {
    const failed = jest.fn((event: ErrorEvent) => event.preventDefault());
    window.addEventListener('error', failed);
    await renderReadme('[half](#%ff)\n\n## Half\n');
    await userEvent.click(screen.getByRole('link', { name: /half/ }));
    window.removeEventListener('error', failed);
    expect(failed).not.toHaveBeenCalled();
  });

  it('renders a hostile README harmlessly', async () => {
    const { container } = await renderReadme(
      [
        '# Strange',
        '<script>window.hacked = true</script>',
        '<img src="x" onerror="window.hacked = true">',
        '<a href="javascript:window.hacked=true">click me</a>',
        '[a link](javascript:window.hacked=true)',
        '[another](data:text/html;base64,PHNjcmlwdD4=)',
        '<iframe src="https://evil.example"></iframe>',
        '<form action="https://evil.example"><input name="password"></form>',
        '<style>body { display: none }</style>',
        '<svg onload="window.hacked = true"></svg>',
        '<div style="position:fixed;inset:0" onclick="alert(1)">cover</div>',
        '<meta http-equiv="refresh" content="0;url=https://evil.example">',
        '<base href="https://evil.example/">',
        '<object data="https://evil.example"></object>',
        '![pixel](javascript:alert(1))',
      ].join('\n\n'),
    );
    await screen.findByRole('heading', { name: 'Strange' });
    for (const forbidden of [
      'script',
      'iframe',
      'form',
      'style',
      'svg[onload]',
      'meta',
      'base',
      'object',
      '[onerror]',
      '[onclick]',
      '[style*="fixed"]',
      'a[href^="javascript"]',
      'a[href^="data"]',
      'img[src^="javascript"]',
    ]) {
      expect(container.querySelector(forbidden)).toBeNull();
    }
    expect(Reflect.get(window, 'hacked')).toBeUndefined();
    expect(screen.getByText('click me').closest('a')).toBeNull();
  });

  it('bears a README of nested horrors', async () => {
    await renderReadme(`${'> '.repeat(200)}deep\n\n${'*'.repeat(5000)}\n`);
    expect(screen.getByText('deep')).toBeInTheDocument();
  });

  it('says that there is none, and what to do', async () => {
    await renderWithApi(<ReadmeCard />, {
      api: new InMemoryEnvoyGoPluginsApi({ plugins: [samplePlugin(entity)] }),
      entity,
    });
    expect(
      await screen.findByText(/The repository has no README/),
    ).toHaveTextContent('Add a file README.md');
  });

  it('says why it cannot be shown', async () => {
    const api = new InMemoryEnvoyGoPluginsApi({ plugins: [] });
    await renderWithApi(<ReadmeCard />, { api, entity });
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent(
      'The marketplace has no plugin default/strange.',
    );
    await userEvent.click(
      within(alert).getByRole('button', { name: 'Details' }),
    );
    expect(alert).toHaveTextContent('NotFoundError');
  });
});
