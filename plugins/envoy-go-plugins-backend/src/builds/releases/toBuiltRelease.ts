import { InputError } from '@backstage/errors';
import type { BuildReport } from '@envoy-go/build-runner';
import type { ProofReport } from '@envoy-go/envoy-runner';
import { parseGoBuildInfo, type BuiltRelease } from '../../artifacts';
import type { ReleaseToPublish } from '../ReleasePublisher';
import type { DescribedRelease } from './StoredVersion';

/** URI of who builds: what has to be trusted. */
const BUILDER_ID = 'https://envoygo.dev/build-runner';

/**
 * Makes what is published of what a runner has built.
 *
 * @throws InputError when it lacks something without which nothing is published
 */
export function toBuiltRelease(
  { build, release, result }: ReleaseToPublish,
  described: DescribedRelease,
): BuiltRelease {
  const { report } = result;
  if (report.outcome !== 'passed') {
    throw new InputError(
      `${release.tag} is not published: its build did not pass`,
    );
  }
  if (!result.licence) {
    throw new InputError(
      `${release.tag} is not published: its repository has no licence file, which goes into the image; add one called LICENSE and release again`,
    );
  }
  const startedAt = new Date(build.startedAt ?? build.createdAt);
  return {
    plugin: described.plugin,
    title: described.title,
    description: described.description,
    version: release.tag,
    source: {
      url: described.sourceUrl,
      tag: release.tag,
      commit: build.commit,
      committedAt: new Date(described.publishedAt),
    },
    filterName: described.filterName,
    runtime: described.runtime,
    licence: { spdx: described.spdx, path: result.licence.path },
    libraries: report.libraries.map(({ platform, file }) => ({
      platform,
      path: file,
      buildInfo: parseGoBuildInfo(
        result.buildInfo.find(info => info.platform === platform)?.text ?? '',
      ),
    })),
    modules: result.modules,
    proof: toProofReport(report, described.plugin),
    build: {
      id: build.id,
      builderId: BUILDER_ID,
      builderVersion: result.runner.version,
      startedAt,
      finishedAt: new Date(startedAt.getTime() + report.durationMs),
    },
  };
}

/** What a build says of Envoys, as a report of a proof. */
export function toProofReport(
  report: BuildReport,
  plugin: string,
): ProofReport {
  return {
    outcome: report.outcome,
    durationMs: report.compatibility.reduce(
      (sum, { durationMs }) => sum + durationMs,
      0,
    ),
    results: report.compatibility.map(
      ({ requested, envoy, envoySha256, platform, ...run }) => ({
        ...run,
        plugin: { name: plugin, directory: '.' },
        envoy: { requested, version: envoy, sha256: envoySha256 },
      }),
    ),
  };
}
