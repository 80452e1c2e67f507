import type {
  RunnerMeasure,
  VulnerabilityReport,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  BuildPart,
  BuildReport,
  BuildResult,
  BuildStep,
  DescribeResult,
} from '@envoy-go/build-runner';
import { z } from 'zod';
import type { ListedModule, Platform } from '../../artifacts';
import { RunnerBreachError } from './RunnerBreachError';

const CONTROL = /[^\P{Cc}\t\n]/gu;
const MAX_STEPS = 200;

/** A text that ends up on pages and in the database: not endless, nothing that is unseen. */
const text = (length: number) =>
  z.string().transform(value => cleanText(value, length));
const word = z.string().regex(/^[\w][\w .,:@/+()~-]{0,199}$/);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const time = z.iso.datetime();
const count = z.int().min(0);
const platform = z.enum(['linux/amd64', 'linux/arm64']);
const outcome = z.enum(['passed', 'failed', 'could-not-run']);

const step = z.object({
  name: word,
  state: z.enum(['queued', 'running', 'passed', 'failed', 'could-not-run']),
  reason: text(2000).optional(),
  startedAt: time.optional(),
  endedAt: time.optional(),
  durationMs: count.optional(),
});

const library = z.object({
  platform,
  digest,
  bytes: count,
  needed: z.array(text(200)).max(100),
  glibc: text(50).optional(),
  hooks: z.array(text(200)).max(1000),
});

const difference = z.object({
  step: count.optional(),
  repetition: count.optional(),
  field: text(500),
  expected: text(4000),
  actual: text(4000),
});

const compatibility = z.object({
  requested: text(200),
  envoy: text(50).optional(),
  envoySha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  platform,
  outcome,
  reason: text(2000).optional(),
  warnings: z.array(text(2000)).max(1000),
  cases: z
    .array(
      z.object({
        name: text(500),
        outcome: z.enum(['passed', 'failed', 'not-run']),
        differences: z.array(difference).max(1000),
        reason: text(2000).optional(),
        durationMs: z.number().min(0),
      }),
    )
    .max(10_000),
  durationMs: z.number().min(0),
});

const report = z.object({
  outcome,
  reason: text(2000).optional(),
  plugin: z
    .object({ name: word, module: text(300), filterName: text(300) })
    .optional(),
  commit: z
    .string()
    .regex(/^[0-9a-f]{7,64}$/)
    .optional(),
  source: z.object({ files: count, bytes: count }).optional(),
  go: text(50).optional(),
  steps: z.array(step).max(MAX_STEPS),
  libraries: z.array(library).max(2),
  compatibility: z.array(compatibility).max(100),
  durationMs: z.number().min(0),
});

const modules = z
  .array(
    z.object({
      path: text(300),
      version: text(200).optional(),
      time: time.optional(),
      indirect: z.boolean().optional(),
    }),
  )
  .max(10_000);

const vulnerabilityReport = z.object({
  outcome,
  reason: text(2000).optional(),
  vulnerabilities: z
    .array(
      z
        .object({
          id: z.string().regex(/^[A-Z]+-\d{4}-\d+$/),
          aliases: z.array(word).max(50),
          summary: text(2000),
          module: text(300),
          version: text(200).optional(),
          fixedIn: text(200).optional(),
          reached: z.boolean(),
        })
        // Not the runner's to say where people are sent
        .transform(found => ({
          ...found,
          url: `https://pkg.go.dev/vuln/${found.id}`,
        })),
    )
    .max(1000),
  databaseAt: time.optional(),
});

const description = z.object({
  version: text(50),
  hostname: text(253),
  platforms: z.array(platform).max(2),
  go: z.array(text(50)).max(50),
  isolation: z
    .array(
      z.object({
        name: text(100),
        strength: z.enum(['full', 'weak', 'none']),
        detail: text(1000),
      }),
    )
    .max(50),
  concurrency: z.int().min(1).max(64),
});

/** What a runner says of itself. */
export interface RunnerFacts {
  version: string;
  hostname: string;
  platforms: string[];
  go: string[];
  isolation: RunnerMeasure[];
  concurrency: number;
}

/** A report of a runner, without where its libraries are. */
export type ReceivedReport = Omit<BuildReport, 'libraries'> & {
  libraries: Omit<BuildReport['libraries'][number], 'file'>[];
};

/** All that a runner says of a build, read. */
export interface ReceivedResult {
  report: ReceivedReport;
  modules: ListedModule[];
  buildInfo: { platform: Platform; text: string }[];
  licenceSpdx?: string;
  vulnerabilities?: VulnerabilityReport;
}

/** @throws RunnerBreachError */
export function readDescription(described: DescribeResult): RunnerFacts {
  const { isolation, ...facts } = parse(description, described, 'description');
  return {
    ...facts,
    isolation: isolation.map(({ name, strength, detail }) => ({
      name: name.charAt(0).toLocaleUpperCase('en-US') + name.slice(1),
      given: strength !== 'none',
      detail,
    })),
  };
}

/** @throws RunnerBreachError */
export function readStep(part: BuildPart): BuildStep {
  const { name, state, reason, startedAt, endedAt, durationMs } = part;
  return parse(
    step,
    {
      name,
      state,
      reason,
      startedAt,
      endedAt,
      durationMs: durationMs === undefined ? undefined : Number(durationMs),
    },
    'step',
  );
}

/** @throws RunnerBreachError */
export function readResult(result: BuildResult): ReceivedResult {
  const spdx = result.licenceSpdx;
  return {
    report: parse(report, json(result.report, 'report'), 'report'),
    modules: parse(modules, json(result.modules, 'modules'), 'modules'),
    buildInfo: Object.entries(result.buildInfo).map(([name, said]) => ({
      platform: parse(platform, name, 'build info'),
      text: said,
    })),
    ...(spdx !== undefined && {
      licenceSpdx: parse(word, spdx, 'licence'),
    }),
    ...(result.vulnerabilities !== undefined && {
      vulnerabilities: parse(
        vulnerabilityReport,
        json(result.vulnerabilities, 'vulnerabilities'),
        'vulnerabilities',
      ),
    }),
  };
}

/** Cuts a text, and leaves out what has no place on a page. */
export function cleanText(value: string, length: number): string {
  const cut = value.length > length ? `${value.slice(0, length - 1)}…` : value;
  return cut.replace(CONTROL, '');
}

function json(value: string, what: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    throw new RunnerBreachError(`its ${what} is no JSON`);
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new RunnerBreachError(
      `its ${what} is not as it has to be: ${issue.path.join('.')} ${
        issue.message
      }`,
    );
  }
  return parsed.data;
}
