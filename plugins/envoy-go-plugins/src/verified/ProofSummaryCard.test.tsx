import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { axe } from 'jest-axe';
import {
  InMemoryEnvoyGoPluginsApi,
  backendFailure,
  samplePlugins,
} from '../__testUtils__';
import { renderWithApi } from '../__testUtils__/renderWithApi';
import {
  InMemoryEnvoyGoPluginsBuildsApi,
  sampleBuilds,
  sampleFailedProof,
  sampleProof,
  sampleVersion,
} from '../builds/__testUtils__';
import type { BuildsState } from '../builds/__testUtils__';
import { ProofSummaryCard } from './ProofSummaryCard';

describe('ProofSummaryCard', () => {
  const [tokenAuth] = samplePlugins();
  const buildsWith = (part: Partial<BuildsState> = {}) =>
    new InMemoryEnvoyGoPluginsBuildsApi({ ...sampleBuilds(), ...part });
  const render = (builds: InMemoryEnvoyGoPluginsBuildsApi) =>
    renderWithApi(<ProofSummaryCard />, {
      api: new InMemoryEnvoyGoPluginsApi({ plugins: [tokenAuth] }),
      entity: tokenAuth.details.entity,
      builds,
    });

  it('says how the latest release did in each Envoy, the newest first', async () => {
    const { container } = await render(buildsWith());
    expect(await screen.findByText('v1.4.0 is verified')).toBeInTheDocument();
    const proofs = within(
      screen.getByRole('list', { name: 'Proofs of v1.4.0' }),
    );
    expect(
      proofs.getAllByRole('listitem').map(item => item.textContent),
    ).toEqual([
      expect.stringMatching(/^Envoy 1\.40\.0passed.* ago$/),
      expect.stringMatching(/^Envoy 1\.39\.3passed.* ago$/),
      expect.stringMatching(/^Envoy 1\.38\.3passed.* ago$/),
    ]);
    expect(
      screen.getByRole('link', { name: 'All versions and their proofs' }),
    ).toHaveAttribute(
      'href',
      '/catalog/default/envoygoplugin/token-auth/versions',
    );
    expect(await axe(container)).toHaveNoViolations();
  });

  it('passes over pre-releases and withdrawn versions, and claims nothing', async () => {
    await render(
      buildsWith({
        versions: {
          'default/token-auth': [
            sampleVersion('1.6.0-rc.1', { prerelease: true }),
            sampleVersion('1.5.1', {
              yanked: { at: '2026-11-20T10:00:00Z', reason: 'it panics' },
            }),
            sampleVersion('1.5.0', {
              proofs: [sampleProof('1.39.3'), sampleFailedProof('1.40.0')],
            }),
          ],
        },
      }),
    );
    expect(
      await screen.findByText('v1.5.0 did not pass everywhere'),
    ).toBeInTheDocument();
    expect(screen.queryByText(/verified/)).not.toBeInTheDocument();
  });

  it('says so where there is nothing to prove yet', async () => {
    await render(buildsWith({ versions: {} }));
    expect(
      await screen.findByText(/There is no release yet to prove/),
    ).toBeInTheDocument();
  });

  it('says why it knows nothing, and tries again', async () => {
    const builds = buildsWith();
    builds.failWith(await backendFailure(503, 'The database is starting'));
    await render(builds);
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The database is starting.',
    );
    builds.failWith(undefined);
    await userEvent.click(screen.getByRole('button', { name: 'Retry' }));
    expect(await screen.findByText('v1.4.0 is verified')).toBeInTheDocument();
  });
});
