import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import {
  InMemoryEnvoyGoPluginsApi,
  InMemorySignals,
  backendFailure,
  sampleEntity,
  samplePlugin,
  samplePlugins,
} from '../__testUtils__';
import {
  InMemoryEnvoyGoPluginsBuildsApi,
  SAMPLE_PUBLIC_KEY,
  sampleBuilds,
  sampleImage,
  sampleVersion,
} from '../builds/__testUtils__';
import type { BuildsState } from '../builds/__testUtils__';
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

  describe('with what was built of the releases', () => {
    const builds = (part: Partial<BuildsState> = {}) =>
      new InMemoryEnvoyGoPluginsBuildsApi({ ...sampleBuilds(), ...part });
    const renderBuilt = (
      api: InMemoryEnvoyGoPluginsBuildsApi,
      options: {
        at?: string;
        theme?: 'light' | 'dark';
        signals?: InMemorySignals;
      } = {},
    ) =>
      renderWithApi(<VersionsContent />, {
        api: new InMemoryEnvoyGoPluginsApi({ plugins: [tokenAuth] }),
        entity: tokenAuth.details.entity,
        builds: api,
        ...options,
      });
    const rowOf = async (tag: string) => {
      const link = await screen.findByRole('link', {
        name: name => name.startsWith(`${tag},`),
      });
      return within(link.closest('tr')!);
    };

    it('says for each version how it did in each Envoy, not by colour alone', async () => {
      await renderBuilt(builds());
      expect(
        await screen.findByRole('columnheader', { name: 'Envoy 1.39.3' }),
      ).toBeInTheDocument();
      const passed = await rowOf('v1.4.0');
      expect(passed.getAllByText('passed')).toHaveLength(3);
      const mixed = await rowOf('v1.3.0');
      expect(mixed.getByText('passed')).toBeInTheDocument();
      expect(mixed.getByText('not run')).toBeInTheDocument();
      expect(
        mixed.getByRole('button', { name: /failed in Envoy 1\.40\.0/ }),
      ).toBeInTheDocument();
    });

    it('shows the difference where a proof failed', async () => {
      const user = userEvent.setup();
      await renderBuilt(builds());
      const sign = (await rowOf('v1.3.0')).getByRole('button', {
        name: /failed in Envoy 1\.40\.0/,
      });
      await user.hover(sign);
      expect(await screen.findByRole('tooltip')).toHaveTextContent(
        '“refuses a request without a token”: expected status 403',
      );
      await user.click(sign);
      const dialog = await screen.findByRole('dialog', {
        name: 'v1.3.0 in Envoy 1.40.0: failed',
      });
      expect(dialog).toHaveTextContent('1 of 2 cases passed');
      expect(dialog).toHaveTextContent('the answer had status 200');
    });

    it('names the image by its digest and size', async () => {
      const user = userEvent.setup();
      await renderBuilt(builds());
      const row = await rowOf('v1.4.0');
      expect(row.getByText('9f86d081884c')).toBeInTheDocument();
      expect(row.getByText('3.6 MB')).toBeInTheDocument();
      await user.click(
        row.getByRole('button', { name: 'Copy the digest of v1.4.0' }),
      );
      expect(
        await row.findByRole('button', { name: 'Copied the digest of v1.4.0' }),
      ).toBeInTheDocument();
    });

    it('says where the build is, as it goes', async () => {
      const signals = new InMemorySignals();
      const api = builds();
      await renderBuilt(api, { signals });
      const row = await rowOf('v2.0.0-rc.1');
      expect(
        await row.findByRole('link', { name: 'Building: proof 1.40.0' }),
      ).toHaveAttribute('href', '/envoy-go-plugins/builds/b-200rc1');
      api.change('b-200rc1', {
        state: 'publishing',
        steps: [{ name: 'signatures', state: 'running' }],
      });
      signals.send({ type: 'build-changed', buildId: 'b-200rc1' });
      expect(
        await row.findByRole('link', { name: 'Publishing: signatures' }),
      ).toBeInTheDocument();
    });

    it('leads from a failed build to its page, and says why it failed', async () => {
      await renderBuilt(builds());
      const row = await rowOf('v1.3.0');
      expect(
        await row.findByRole('link', { name: 'Build failed' }),
      ).toHaveAttribute('href', '/envoy-go-plugins/builds/b-130');
      expect(
        row.getByText('The proof failed in Envoy 1.40.0.'),
      ).toBeInTheDocument();
    });

    it('shows all there is to know of a version, and keeps in the address that it is open', async () => {
      const user = userEvent.setup();
      await renderBuilt(builds());
      await rowOf('v1.4.0');
      await user.click(
        await screen.findByRole('button', { name: 'Details of v1.4.0' }),
      );
      expect(screen.getByTestId('address')).toHaveTextContent('?open=v1.4.0');
      const image = within(
        screen.getByRole('region', {
          name: 'Image of v1.4.0',
        }),
      );
      expect(image.getByText(/^crane pull localhost/)).toBeInTheDocument();
      expect(
        image.getByText('not counted by this registry'),
      ).toBeInTheDocument();
      expect(image.getByText('1.4.0, 1.4, 1, latest')).toBeInTheDocument();
      const signature = within(
        screen.getByRole('region', {
          name: 'Signature of v1.4.0',
        }),
      );
      expect(
        signature.getByText(
          /^cosign verify --key envoy-go-plugins\.pub localhost/,
        ),
      ).toBeInTheDocument();
      expect(
        signature.getByRole('button', { name: 'Copy public key' }),
      ).toBeInTheDocument();
      expect(
        screen.getByRole('button', { name: 'Download the SBOM of v1.4.0' }),
      ).toBeInTheDocument();
      const build = within(
        screen.getByRole('region', {
          name: 'Build of v1.4.0',
        }),
      );
      expect(
        await build.findByRole('list', { name: 'Steps of the build' }),
      ).toHaveTextContent(/proof 1\.40\.0.*1\.9 s/);
      expect(
        screen.getByRole('region', {
          name: 'Vulnerabilities of v1.4.0',
        }),
      ).toHaveTextContent('No known vulnerability');
    });

    it('opens what the address names', async () => {
      await renderBuilt(builds(), { at: '/?open=v1.3.0' });
      expect(
        await screen.findByRole('list', { name: 'Vulnerabilities' }),
      ).toHaveTextContent(
        /GO-2026-0001.*\(CVE-2026-10001\).*code reaches it; mended in v0\.41\.0/,
      );
      expect(
        screen.getByRole('region', {
          name: 'Image of v1.3.0',
        }),
      ).toHaveTextContent('There is no image of this version');
    });

    it('saves the public key and the documents', async () => {
      const saved: Blob[] = [];
      const create = jest.fn((blob: Blob) => {
        saved.push(blob);
        return 'blob:saved';
      });
      Object.assign(URL, {
        createObjectURL: create,
        revokeObjectURL: jest.fn(),
      });
      const names: string[] = [];
      const click = jest
        .spyOn(HTMLAnchorElement.prototype, 'click')
        .mockImplementation(function save(this: HTMLAnchorElement) {
          names.push(this.download);
        });
      const api = builds();
      await renderBuilt(api, { at: '/?open=v1.4.0' });
      await userEvent.click(
        await screen.findByRole('button', {
          name: /^Download envoy-go-plugins\.pub/,
        }),
      );
      await userEvent.click(
        screen.getByRole('button', { name: 'Download the SBOM of v1.4.0' }),
      );
      expect(names).toEqual([
        'envoy-go-plugins.pub',
        expect.stringMatching(/^v1\.4\.0-sbom-0{12}\.json$/),
      ]);
      expect(saved[0].size).toBe(SAMPLE_PUBLIC_KEY.length);
      expect(api.calls).toContainEqual(
        expect.stringContaining('/versions/1.4.0/documents/sha256:000'),
      );
      click.mockRestore();
    });

    it('says so where the registry counts pulls, and where nothing is signed', async () => {
      await renderBuilt(
        builds({
          versions: {
            'default/token-auth': [
              sampleVersion('1.4.0', {
                image: sampleImage('1.4.0', {
                  pulls: 1204,
                  signed: false,
                  verifyCommand: undefined,
                  publicKey: undefined,
                }),
              }),
            ],
          },
        }),
        { at: '/?open=v1.4.0' },
      );
      expect(
        await screen.findByRole('region', {
          name: 'Image of v1.4.0',
        }),
      ).toHaveTextContent(/Pulls1,204/);
      expect(
        screen.getByRole('region', {
          name: 'Signature of v1.4.0',
        }),
      ).toHaveTextContent(/^SignatureNot signed/);
    });

    it('gives the badge as Markdown, and the feeds', async () => {
      await renderBuilt(builds());
      const box = within(
        await screen.findByRole('region', { name: 'Badge & feed' }),
      );
      expect(
        box.getByText(
          /^\[!\[token-auth\]\(.*\/badge\/default\/token-auth\.svg\)\]\(.*\/catalog\/default\/envoygoplugin\/token-auth\)$/,
        ),
      ).toBeInTheDocument();
      expect(box.getByRole('link', { name: /of all plugins/ })).toHaveAttribute(
        'href',
        expect.stringMatching(/\/feed\.atom$/),
      );
    });

    it('shows the releases where what was built of them cannot be read', async () => {
      const api = builds();
      api.failWith(await backendFailure(503, 'The database is starting'));
      await renderBuilt(api);
      expect(
        await screen.findByText(/What was built of the releases could not/),
      ).toHaveTextContent('The database is starting.');
      await rowOf('v1.4.0');
      api.failWith(undefined);
      await userEvent.click(screen.getByRole('button', { name: 'Retry' }));
      expect(await screen.findByText('9f86d081884c')).toBeInTheDocument();
    });

    it.each(['light', 'dark'] as const)(
      'has no accessibility faults in the %s theme with everything open',
      async theme => {
        const { container } = await renderBuilt(builds(), {
          at: '/?open=v1.4.0&open=v1.3.0&open=v2.0.0-rc.1',
          theme,
        });
        await screen.findAllByRole('list', { name: 'Steps of the build' });
        expect(await axe(container)).toHaveNoViolations();
      },
    );
  });
});
