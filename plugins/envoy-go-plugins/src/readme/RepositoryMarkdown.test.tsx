import { fireEvent, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import { renderInTestApp } from '@backstage/test-utils';
import { RepositoryMarkdown } from './RepositoryMarkdown';
import { readmeImageSource } from './readmeImageSource';

const url = 'https://github.example/org/repo/blob/v1.2.0/README.md';
const rawUrl = 'https://raw.example/org/repo/v1.2.0/README.md';

async function show(content: string, privateRepository = false) {
  return renderInTestApp(
    <RepositoryMarkdown
      content={content}
      url={url}
      rawUrl={rawUrl}
      privateRepository={privateRepository}
    />,
  );
}

describe('RepositoryMarkdown', () => {
  it('shows what GitHub shows', async () => {
    const { container } = await show(
      [
        '<h1 align="center">Title</h1>',
        '| a | b |\n| :-- | --: |\n| 1 | 2 |',
        '- [x] measured\n- [ ] documented',
        '~~old~~ <kbd>R</kbd> H<sub>2</sub>O',
        '<details><summary>More</summary>\n\n**inside**\n\n</details>',
        '```go\nfunc main() {}\n```',
        'A note[^1].\n\n[^1]: At the foot.',
      ].join('\n\n'),
    );
    expect(screen.getByRole('heading', { name: 'Title' })).toHaveAttribute(
      'align',
      'center',
    );
    expect(screen.getByRole('cell', { name: '2' })).toBeInTheDocument();
    expect(screen.getByRole('checkbox', { name: 'done' })).toBeChecked();
    expect(screen.getByRole('checkbox', { name: 'not done' })).toBeDisabled();
    expect(screen.getByText('old').tagName).toBe('DEL');
    expect(screen.getByText('More').closest('details')).toHaveTextContent(
      'inside',
    );
    expect(await screen.findByText(/main/)).toBeInTheDocument();
    expect(screen.getByText(/At the foot/)).toBeInTheDocument();
    expect(await axe(container)).toHaveNoViolations();
  });

  it('resolves links and images at the ref of the text', async () => {
    await show('[proof](envoy-proof.yaml) ![flow](docs/flow.png)');
    expect(screen.getByRole('link', { name: /proof/ })).toHaveAttribute(
      'href',
      'https://github.example/org/repo/blob/v1.2.0/envoy-proof.yaml',
    );
    const image = screen.getByRole('img', { name: 'flow' });
    expect(image).toHaveAttribute(
      'src',
      'https://raw.example/org/repo/v1.2.0/docs/flow.png',
    );
    expect(image).toHaveAttribute('referrerpolicy', 'no-referrer');
  });

  it('follows anchors to repeated headings, to names and to footnotes', async () => {
    const scrolledTo: unknown[] = [];
    Object.defineProperty(Element.prototype, 'scrollIntoView', {
      configurable: true,
      value(this: Element) {
        scrolledTo.push(this.textContent);
      },
    });
    await show(
      [
        '[second](#use-1) [named](#here) note[^1]',
        '## Use',
        '<a id="here">named place</a>',
        '## Use',
        '[^1]: At the foot.',
      ].join('\n\n'),
    );
    await userEvent.click(screen.getByRole('link', { name: /second/ }));
    await userEvent.click(screen.getByRole('link', { name: /^named/ }));
    await userEvent.click(screen.getByRole('link', { name: /^1,/ }));
    expect(scrolledTo).toEqual([
      'Use',
      'named place',
      expect.stringContaining('At the foot'),
    ]);
    expect(screen.getAllByRole('heading', { name: 'Use' })[1].id).toBe(
      'user-content-use-1',
    );
  });

  it('loads the images of a host when the reader asks for one of them', async () => {
    await show(
      '![a](https://a.example/1.png) ![b](https://a.example/2.png) ![c](https://c.example/3.png)',
    );
    expect(screen.queryByRole('img', { name: 'a' })).not.toBeInTheDocument();
    await userEvent.click(
      screen.getByRole('button', { name: 'Show image from a.example: a' }),
    );
    expect(screen.getByRole('img', { name: 'a' })).toHaveAttribute(
      'referrerpolicy',
      'no-referrer',
    );
    expect(screen.getByRole('img', { name: 'b' })).toBeInTheDocument();
    expect(screen.queryByRole('img', { name: 'c' })).not.toBeInTheDocument();
  });

  it('keeps badges as text within their links until all images are asked for', async () => {
    await show('[![build](https://badges.example/b.svg)](https://ci.example)');
    const link = screen.getByRole('link', { name: /build/ });
    expect(link).toHaveAttribute('href', 'https://ci.example/');
    expect(within(link).queryByRole('button')).not.toBeInTheDocument();
    expect(
      screen.getByText(/Images from badges\.example are not loaded/),
    ).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Show images' }));
    expect(within(link).getByRole('img', { name: 'build' })).toHaveAttribute(
      'src',
      'https://badges.example/b.svg',
    );
    expect(screen.queryByText(/are not loaded/)).not.toBeInTheDocument();
  });

  it('leads to the images of a private repository, which GitHub shows to nobody else', async () => {
    await show('![flow](docs/flow.png)', true);
    expect(screen.queryByRole('img', { name: 'flow' })).not.toBeInTheDocument();
    expect(screen.getByRole('link', { name: /flow/ })).toHaveAttribute(
      'href',
      'https://github.example/org/repo/blob/v1.2.0/docs/flow.png',
    );
  });

  it('leads to an image that could not be loaded', async () => {
    await show('![flow](docs/flow.png)');
    fireEvent.error(screen.getByRole('img', { name: 'flow' }));
    expect(screen.getByRole('link', { name: /flow/ })).toBeInTheDocument();
  });
});

describe('readmeImageSource', () => {
  const place = {
    url: 'https://github.com/org/repo/blob/main/README.md',
    rawUrl: 'https://raw.githubusercontent.com/org/repo/main/README.md',
  };

  it.each([
    ['https://raw.githubusercontent.com/org/repo/main/a.png', 'repository'],
    ['https://github.com/org/repo/actions/workflows/x/badge.svg', 'repository'],
    ['https://github.com/Org/Repo/raw/main/a.png', 'repository'],
    ['https://user-images.githubusercontent.com/1/a.png', 'github'],
    ['https://github.com/user-attachments/assets/1', 'github'],
    ['https://camo.githubusercontent.com/1', 'github'],
    ['https://github.com/other/repo/raw/main/a.png', 'foreign'],
    ['https://gist.github.com/a.png', 'foreign'],
    ['https://evil.githubusercontent.com.example/a.png', 'foreign'],
    ['http://github.com/org/repo/raw/main/a.png', 'foreign'],
    ['https://img.shields.io/badge/x-y', 'foreign'],
  ])('tells of %s that it is %s', (src, source) => {
    expect(readmeImageSource(src, place)).toBe(source);
  });

  it('knows the hosts of an Enterprise Server', () => {
    expect(
      readmeImageSource('https://media.ghe.example/user/1/a.png', {
        url: 'https://ghe.example/org/repo/blob/main/README.md',
        rawUrl: 'https://ghe.example/raw/org/repo/main/README.md',
      }),
    ).toBe('github');
  });
});
