import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import {
  InMemoryEnvoyGoPluginsApi,
  sampleEntity,
  samplePlugin,
  samplePlugins,
} from '../__testUtils__';
import { renderWithApi } from '../__testUtils__/renderWithApi';
import { VersionsContent } from './VersionsContent';

describe('VersionsContent', () => {
  const [tokenAuth] = samplePlugins();
  const render = (theme: 'light' | 'dark' = 'light') =>
    renderWithApi(<VersionsContent />, {
      api: new InMemoryEnvoyGoPluginsApi({ plugins: [tokenAuth] }),
      entity: tokenAuth.details.entity,
      theme,
    });

  it('lists the releases, newest first, and marks the latest', async () => {
    await render();
    await screen.findByText('v1.4.0');
    const rows = screen.getAllByRole('row').slice(1);
    expect(
      rows.map(row => row.querySelector('a')?.firstChild?.textContent),
    ).toEqual(['v2.0.0-rc.1', 'v1.4.0', 'v1.3.0']);
    expect(rows[0]).toHaveTextContent('pre-release');
    expect(rows[0]).not.toHaveTextContent('latest');
    expect(rows[1]).toHaveTextContent('latest');
    expect(rows[1]).toHaveTextContent('1a2b3c4');
    expect(rows[2]).toHaveTextContent('not known yet');
  });

  it('copies a whole commit with one click', async () => {
    const user = userEvent.setup();
    await render();
    await user.click(
      await screen.findByRole('button', { name: 'Copy the commit of v1.4.0' }),
    );
    expect(
      await screen.findByRole('button', {
        name: 'Copied the commit of v1.4.0',
      }),
    ).toBeInTheDocument();
  });

  it('opens the notes of a release with the keyboard', async () => {
    await render();
    const toggle = await screen.findByRole('button', {
      name: 'Details of v1.4.0',
    });
    expect(toggle).toHaveAttribute('aria-expanded', 'false');
    toggle.focus();
    await userEvent.keyboard('{Enter}');
    expect(toggle).toHaveAttribute('aria-expanded', 'true');
    expect(screen.getByRole('heading', { name: 'New' })).toBeInTheDocument();
  });

  it('lists the files of a release, with size and downloads', async () => {
    await render();
    await userEvent.click(
      await screen.findByRole('button', { name: 'Details of v1.4.0' }),
    );
    const files = within(screen.getByRole('list', { name: 'Files' }));
    expect(
      files.getAllByRole('listitem').map(item => item.textContent),
    ).toEqual([
      expect.stringMatching(/^libtoken-auth.*3\.6 MB.*1,204 downloads$/),
      expect.stringMatching(/^checksums\.txt.*98 bytes.*1 download$/),
    ]);
    expect(screen.getByText('by author')).toBeInTheDocument();
  });

  it('shows the README as it was at a release', async () => {
    await render();
    await userEvent.click(
      await screen.findByRole('button', { name: 'Details of v1.4.0' }),
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'README at v1.4.0' }),
    );
    const readme = await screen.findByRole('region', {
      name: 'README at v1.4.0',
    });
    expect(
      await within(readme).findByRole('link', { name: /the proof/ }),
    ).toHaveAttribute(
      'href',
      'https://github.example/envoy-plugins/token-auth/blob/v1.4.0/envoy-proof.yaml',
    );
    expect(
      within(readme).getByRole('img', { name: 'the flow' }),
    ).toHaveAttribute('src', expect.stringContaining('/raw/v1.4.0/docs/'));
  });

  it('strikes withdrawn versions through, and warns of moved tags', async () => {
    const corsGuard = samplePlugins().find(
      ({ details }) => details.name === 'cors-guard',
    )!;
    const { container } = await renderWithApi(<VersionsContent />, {
      api: new InMemoryEnvoyGoPluginsApi({ plugins: [corsGuard] }),
      entity: corsGuard.details.entity,
    });
    await screen.findByText('v2.2.0');
    const [yanked, moved] = screen.getAllByRole('row').slice(1);
    expect(yanked).toHaveTextContent(
      /yanked.*Withdrawn .* ago: it answers preflights of every origin\./,
    );
    expect(yanked).not.toHaveTextContent('latest');
    expect(screen.getByText('v2.2.0').tagName).toBe('S');
    expect(moved).toHaveTextContent('latest');
    expect(moved).toHaveTextContent(
      'The tag now points to 4e07408; this release keeps commit d4735e3.',
    );
    expect(
      screen.getByText(/GitHub did not answer for 30 s\./),
    ).toBeInTheDocument();
    expect(await axe(container)).toHaveNoViolations();
  });

  it('says how to make the first release', async () => {
    const entity = sampleEntity('fresh');
    await renderWithApi(<VersionsContent />, {
      api: new InMemoryEnvoyGoPluginsApi({ plugins: [samplePlugin(entity)] }),
      entity,
    });
    expect(await screen.findByText('No release yet')).toBeInTheDocument();
    expect(screen.getByText(/Push a tag such as/)).toBeInTheDocument();
  });

  it('says why they cannot be listed', async () => {
    await renderWithApi(<VersionsContent />, {
      api: new InMemoryEnvoyGoPluginsApi({ plugins: [] }),
      entity: tokenAuth.details.entity,
    });
    const alert = await screen.findByRole('alert');
    expect(
      within(alert).getByRole('button', { name: 'Retry' }),
    ).toBeInTheDocument();
  });

  it.each(['light', 'dark'] as const)(
    'has no accessibility faults in the %s theme',
    async theme => {
      const { container } = await render(theme);
      await userEvent.click(
        await screen.findByRole('button', { name: 'Details of v1.4.0' }),
      );
      expect(await axe(container)).toHaveNoViolations();
    },
  );
});
