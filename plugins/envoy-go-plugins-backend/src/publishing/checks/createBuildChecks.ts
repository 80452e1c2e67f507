import type {
  Build,
  BuildStepStatus,
  ProofRow,
  PublishCheckFinding,
  Vulnerability,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  PublishCheck,
  PublishCheckContext,
  PublishCheckReport,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import { satisfies, validRange } from 'semver';
import { placeOf, reportOf } from './findings';
import {
  NothingBuildsError,
  type RequestBuilds,
  isOver,
} from './RequestBuilds';

/** Until then a build that waits in a long queue must be over, in milliseconds. */
const BUILD_TIMEOUT_MS = 2 * 60 * 60_000;

const NO_RUNNER =
  'No build runner is connected to the portal. An administrator starts one, on any machine that reaches the portal, as the administration says under "Builds and runners"; then check again.';

const NO_BUILDS =
  'The portal is set up to build nothing. An administrator configures "envoyGoPlugins.builds" and starts a build runner; then check again.';

/** What a check makes of a build, `undefined` as long as it cannot tell. */
type Reader = (
  build: Build,
  context: PublishCheckContext,
) => PublishCheckReport | undefined;

/**
 * The checks that read what came of building a request's commit. It is built once for all
 * four, and each says what it has to say as soon as the build came so far.
 *
 * @param options - `builds`: `undefined` where the portal builds nothing; `envoys`: the
 * versions of Envoy that are supported
 */
export function createBuildChecks(options: {
  builds: RequestBuilds | undefined;
  envoys: readonly string[];
}): PublishCheck[] {
  const { builds, envoys } = options;
  const check = (id: string, title: string, read: Reader): PublishCheck => ({
    id,
    title,
    timeoutMs: BUILD_TIMEOUT_MS,
    async run(context) {
      if (!builds) {
        return couldNotRun(NO_BUILDS);
      }
      try {
        return await builds.follow(context, build => {
          const report = unreadable(build) ?? read(build, context);
          return report && { ...report, buildId: build.id };
        });
      } catch (error) {
        if (error instanceof NothingBuildsError) {
          return couldNotRun(NO_RUNNER);
        }
        throw error;
      }
    },
  });
  return [
    check('builds', 'Build', build =>
      readSteps(build, {
        isOne: isBuildStep,
        isWhole: steps =>
          steps.some(({ name }) => name.startsWith('build ')) &&
          steps.some(({ name }) => name.startsWith('library ')),
        passed: () =>
          `It compiles for ${
            build.steps
              .filter(({ name }) => name.startsWith('build '))
              .map(({ name }) => name.slice('build '.length))
              .join(' and ') || 'Envoy'
          }.`,
        failed: 'It does not build',
        notReached: 'It was not built',
        mend: 'Look at the log of the build, mend what it says, commit and check again.',
      }),
    ),
    check('unit-tests', 'Unit tests', build =>
      readSteps(build, {
        isOne: ({ name }) => name === 'vet' || name === 'test',
        isWhole: steps => steps.some(({ name }) => name === 'test'),
        passed: () => 'go vet and go test pass.',
        failed: 'Its tests do not pass',
        notReached: 'Its tests were not run',
        mend: 'Run "go vet ./... && go test ./...", mend what it says, commit and check again.',
      }),
    ),
    check('proof', 'Proof in Envoy', (build, context) =>
      isOver(build) ? readProofs(build, context, envoys) : undefined,
    ),
    check('vulnerabilities', 'Vulnerabilities', (build, context) =>
      isOver(build) ? readVulnerabilities(build, context) : undefined,
    ),
  ];
}

function isBuildStep({ name }: BuildStepStatus): boolean {
  return (
    ['source', 'toolchain', 'modules'].includes(name) ||
    name.startsWith('build ') ||
    name.startsWith('library ')
  );
}

/** Where a build ended in a way that says nothing about the plugin. */
function unreadable(build: Build): PublishCheckReport | undefined {
  if (build.state === 'cancelled') {
    return couldNotRun(
      `The build was cancelled${because(build.reason)} Check again.`,
    );
  }
  return undefined;
}

function readSteps(
  build: Build,
  words: {
    isOne: (step: BuildStepStatus) => boolean;
    /** Whether no more steps of the sort can come. */
    isWhole: (steps: BuildStepStatus[]) => boolean;
    passed: () => string;
    failed: string;
    notReached: string;
    mend: string;
  },
): PublishCheckReport | undefined {
  const steps = build.steps.filter(words.isOne);
  const lookedAt = steps.map(({ name }) => name);
  const failed = steps.find(({ state }) => state === 'failed');
  if (failed) {
    const message = `${words.failed}: "${failed.name}" failed${because(
      failed.reason,
    )}`;
    return {
      outcome: 'failed',
      summary: message,
      lookedAt,
      findings: [{ severity: 'problem', message, mend: words.mend }],
    };
  }
  const isDone =
    words.isWhole(steps) && steps.every(({ state }) => state === 'passed');
  if (isDone) {
    return {
      outcome: 'passed',
      summary: words.passed(),
      lookedAt,
      findings: [],
    };
  }
  // Until it is over, what could not run may be tried again
  if (!isOver(build)) {
    return undefined;
  }
  const stuck = steps.find(({ state }) => state === 'could-not-run');
  if (stuck) {
    return couldNotRun(
      `"${stuck.name}" could not run${because(stuck.reason)} Check again.`,
      lookedAt,
    );
  }
  const cause = build.steps.find(
    ({ state }) => state === 'failed' || state === 'could-not-run',
  );
  return couldNotRun(
    cause
      ? `${words.notReached}, for "${cause.name}" ${
          cause.state === 'failed' ? 'failed' : 'could not run'
        } before.`
      : `${words.notReached}${because(build.reason)} Check again.`,
    lookedAt,
  );
}

/** A proof must pass in every Envoy that is supported and that the description claims. */
function readProofs(
  build: Build,
  { description, source }: PublishCheckContext,
  envoys: readonly string[],
): PublishCheckReport {
  const range = description?.spec.envoy;
  const wanted = envoys.filter(
    version =>
      range === undefined ||
      validRange(range) === null ||
      satisfies(version, range),
  );
  if (wanted.length === 0) {
    const message = `Its description claims Envoy "${range}", which none of those has that it could be proven in: ${envoys.join(
      ', ',
    )}.`;
    return {
      outcome: 'failed',
      summary: message,
      lookedAt: [],
      findings: [
        {
          severity: 'problem',
          message,
          mend: 'Change "spec.envoy" in catalog-info.yaml, commit and check again.',
          ...placeOf(source, 'catalog-info.yaml'),
        },
      ],
    };
  }
  const rows = wanted.flatMap(envoy => {
    const found = build.proofs.filter(row => row.envoy === envoy);
    return found.length > 0 ? found : [missingRow(build, envoy)];
  });
  const proof = description?.spec.proof ?? 'envoy-proof.yaml';
  const findings = rows
    .filter(({ outcome }) => outcome !== 'passed')
    .flatMap(row => findingsOf(row, placeOf(source, proof)));
  const inOutcome = (outcome: ProofRow['outcome']) =>
    rows.filter(row => row.outcome === outcome).map(({ envoy }) => envoy);
  const [failed, open] = [inOutcome('failed'), inOutcome('could-not-run')];
  const lookedAt = rows.map(({ envoy, platform, cases }) =>
    cases.length === 0
      ? `Envoy ${envoy}`
      : `Envoy ${envoy} (${platform}, ${counted(cases.length, 'case')})`,
  );
  if (failed.length > 0) {
    return {
      outcome: 'failed',
      summary: `Its proof fails in Envoy ${failed.join(', ')}.`,
      lookedAt,
      findings,
    };
  }
  if (open.length > 0) {
    return {
      outcome: 'could-not-run',
      summary: `Its proof could not run in Envoy ${open.join(', ')}${because(
        rows.find(({ outcome }) => outcome === 'could-not-run')?.reason,
      )} Check again.`,
      lookedAt,
      findings,
    };
  }
  return {
    outcome: 'passed',
    summary: `Its proof passes in Envoy ${inOutcome('passed').join(', ')}.`,
    lookedAt,
    findings: [],
  };
}

function missingRow(build: Build, envoy: string): ProofRow {
  const cause = build.steps.find(
    ({ state }) => state === 'failed' || state === 'could-not-run',
  );
  return {
    envoy,
    platform: '',
    outcome: 'could-not-run',
    reason: cause
      ? `"${cause.name}" ${
          cause.state === 'failed' ? 'failed' : 'could not run'
        } before`
      : build.reason ?? 'The runner said nothing of this version',
    cases: [],
    provenAt: build.endedAt ?? build.createdAt,
  };
}

function findingsOf(
  row: ProofRow,
  place: Pick<PublishCheckFinding, 'path' | 'line' | 'url'>,
): PublishCheckFinding[] {
  const severity = row.outcome === 'failed' ? 'problem' : 'notice';
  const mend =
    row.outcome === 'failed'
      ? `Run "make prove ENVOY_VERSIONS=${row.envoy}", mend what differs, commit and check again.`
      : undefined;
  const found = row.cases
    .filter(({ outcome }) => outcome !== 'passed')
    .map(({ name, outcome, differences }): PublishCheckFinding => {
      const what = outcome === 'failed' ? 'fails' : 'could not run';
      return {
        severity,
        message: `Envoy ${row.envoy}: the case "${name}" ${what}${
          differences.length > 0 ? `: ${differences.join('; ')}` : '.'
        }`,
        mend,
        ...place,
      };
    });
  return found.length > 0
    ? found
    : [
        {
          severity,
          message: `Envoy ${row.envoy}: the proof ${
            row.outcome === 'failed' ? 'failed' : 'could not run'
          }${because(row.reason)}`,
          mend,
          ...place,
        },
      ];
}

function readVulnerabilities(
  build: Build,
  { source }: PublishCheckContext,
): PublishCheckReport {
  const report = build.vulnerabilities;
  if (!report) {
    const cause = build.steps.find(({ state }) => state === 'failed');
    return couldNotRun(
      cause
        ? `Nobody looked for vulnerabilities, for "${cause.name}" failed before.`
        : `Nobody looked for vulnerabilities${because(
            build.reason,
          )} Check again.`,
    );
  }
  if (report.outcome === 'could-not-run') {
    return couldNotRun(
      `govulncheck could not run${because(
        report.reason,
      )} Check again once that is mended.`,
    );
  }
  const reached = report.vulnerabilities.filter(each => each.reached);
  const count = counted(reached.length, 'known vulnerability');
  return reportOf({
    lookedAt: [
      `govulncheck${
        report.databaseAt === undefined
          ? ''
          : `, database of ${report.databaseAt.slice(0, 10)}`
      }`,
    ],
    findings: report.vulnerabilities.map(each => ({
      severity: each.reached ? 'problem' : 'notice',
      message: `${nameOf(each)}: ${each.summary.replace(/\.?$/, '.')} ${
        each.reached
          ? `The plugin's code reaches it in ${versionOf(each)}.`
          : `The plugin uses ${versionOf(
              each,
            )}, but its code does not reach it.`
      }`,
      mend: mendOf(each),
      ...placeOf(source, 'go.mod'),
      ...(each.url !== undefined && { url: each.url }),
    })),
    passed:
      report.vulnerabilities.length === 0
        ? 'No module that it uses has a known vulnerability.'
        : `Its code reaches none of ${counted(
            report.vulnerabilities.length,
            'known vulnerability',
          )} in the modules that it uses.`,
    failed: `Its code reaches ${count}.`,
  });
}

function nameOf({ id, aliases }: Vulnerability): string {
  return aliases.length > 0 ? `${id} (${aliases.join(', ')})` : id;
}

function versionOf({ module, version }: Vulnerability): string {
  return version === undefined ? module : `${module} ${version}`;
}

function mendOf({ module, fixedIn }: Vulnerability): string {
  if (fixedIn === undefined) {
    return `There is no version of ${module} without it yet: do without what is vulnerable.`;
  }
  return module === 'stdlib' || module === 'toolchain'
    ? `Raise the version of Go in go.mod to ${fixedIn.replace(
        /^(go|v)/,
        '',
      )} or newer, and commit.`
    : `Run "go get ${module}@${fixedIn.replace(
        /^v?/,
        'v',
      )} && go mod tidy", and commit.`;
}

function couldNotRun(
  summary: string,
  lookedAt: string[] = [],
): PublishCheckReport {
  return { outcome: 'could-not-run', summary, lookedAt, findings: [] };
}

/** The rest of a sentence that says why, and its end. */
function because(reason: string | undefined): string {
  return reason === undefined || reason.trim() === ''
    ? '.'
    : `: ${reason.trim().replace(/\.?$/, '.')}`;
}

function counted(count: number, what: string): string {
  if (count === 1) {
    return `1 ${what}`;
  }
  return `${count} ${what.replace(/y$/, 'ie')}s`;
}
