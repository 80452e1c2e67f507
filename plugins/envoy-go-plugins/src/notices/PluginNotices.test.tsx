import { screen } from '@testing-library/react';
import { axe } from 'jest-axe';
import type {
  PluginRelease,
  PluginRepository,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { AboutCard } from '../about';
import {
  InMemoryEnvoyGoPluginsApi,
  sampleEntity,
  samplePlugin,
} from '../__testUtils__';
import { renderWithApi } from '../__testUtils__/renderWithApi';

const entity = sampleEntity('troubled');

function release(part: Partial<PluginRelease>): PluginRelease {
  return {
    tag: 'v1.0.0',
    url: 'https://github.example/envoy-plugins/troubled/releases/tag/v1.0.0',
    publishedAt: '2026-11-19T10:00:00Z',
    prerelease: false,
    commit: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
    ...part,
  };
}

async function render(
  repository: Partial<PluginRepository>,
  releases: PluginRelease[] = [],
) {
  const plugin = samplePlugin(entity, { releases });
  const facts = plugin.details.repository!;
  plugin.details.repository = {
    ...facts,
    value: { ...facts.value, ...repository },
  };
  const rendered = await renderWithApi(<AboutCard />, {
    api: new InMemoryEnvoyGoPluginsApi({ plugins: [plugin] }),
    entity,
  });
  await screen.findByText(/^as of/);
  return rendered;
}

describe('PluginNotices', () => {
  it('says nothing where all is well', async () => {
    await render({}, [release({})]);
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('warns of a tag that was moved after its release', async () => {
    const { container } = await render({}, [
      release({ movedTo: '4e07408562bedb8b60ce05c1decfe3ad16b72230' }),
    ]);
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The tag v1.0.0 was moved after its release. It now points to 4e07408; the release keeps 1a2b3c4.',
    );
    expect(
      screen.getByRole('link', { name: 'See the versions' }),
    ).toHaveAttribute(
      'href',
      '/catalog/default/envoygoplugin/troubled/versions',
    );
    expect(await axe(container)).toHaveNoViolations();
  });

  it('says that the repository is gone, and since when', async () => {
    await render({ deletedAt: '2026-11-20T10:00:00Z', archived: true });
    const notices = screen.getAllByRole('alert');
    expect(notices).toHaveLength(1);
    expect(notices[0]).toHaveTextContent(
      /^GitHub says this repository no longer exists, since .+\. Showing what we knew\.$/,
    );
  });

  it('says that the repository is archived', async () => {
    await render({ archived: true });
    expect(screen.getByRole('alert')).toHaveTextContent(/archived/);
  });

  it('says that the newest version was withdrawn, and why', async () => {
    await render({}, [
      release({
        yanked: { at: '2026-11-20T10:00:00Z', reason: 'it passes every token' },
      }),
      release({ tag: 'v0.9.0' }),
    ]);
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The newest version, v1.0.0, was withdrawn: it passes every token.',
    );
  });

  it('marks a repository that not everybody can see', async () => {
    await render({ visibility: 'private' });
    expect(screen.getByText('private')).toBeInTheDocument();
  });
});
