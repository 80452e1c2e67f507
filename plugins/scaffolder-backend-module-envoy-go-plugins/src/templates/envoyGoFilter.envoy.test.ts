import { formatReport, proveDirectories } from '@envoy-go/envoy-runner';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVERY_CHOICE, renderSkeleton } from '../__testUtils__/renderSkeleton';

/** The least, the most, and what waits in two places. */
const PROVEN = EVERY_CHOICE.filter(({ name }) =>
  [
    'plain',
    'plain-body-counters',
    'configured-callout',
    'configured-body-callout-counters',
  ].includes(name),
);

describe('filters that the template makes, in real Envoys', () => {
  let root: string;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'envoy-go-proven-'));
    for (const choice of PROVEN) {
      await mkdir(join(root, choice.name));
      await renderSkeleton(choice, join(root, choice.name));
    }
  }, 60_000);

  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  it('do what their envoy-proof.yaml says', async () => {
    const report = await proveDirectories({
      directories: PROVEN.map(({ name }) => join(root, name)),
      envoys: ['1.38.3', '1.40.0'],
    });
    if (report.outcome !== 'passed') {
      throw new Error(formatReport(report));
    }
    expect(report.results).toHaveLength(2 * PROVEN.length);
  }, 600_000);
});
