import type { PublishCheckFinding } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  PublishCheckReport,
  PublishSource,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-node';

/** A place in a source, for a finding. */
export function placeOf(
  source: PublishSource,
  path: string,
  line?: number,
): Pick<PublishCheckFinding, 'path' | 'line' | 'url'> {
  return {
    path,
    ...(line !== undefined && { line }),
    url: source.urlOf(path, line),
  };
}

/** What a check came to that fails when it found a problem. */
export function reportOf(options: {
  findings: PublishCheckFinding[];
  lookedAt: string[];
  /** What is said where there is nothing to mend. */
  passed: string;
  /** What is said before the first problem, where there is one. */
  failed?: string;
}): PublishCheckReport {
  const { findings, lookedAt, passed, failed } = options;
  const problems = findings.filter(({ severity }) => severity === 'problem');
  return {
    outcome: problems.length > 0 ? 'failed' : 'passed',
    summary:
      problems.length === 0
        ? passed
        : failed ??
          (problems.length === 1
            ? problems[0].message
            : `There are ${problems.length} things to mend.`),
    lookedAt,
    // Problems first: no more than so many are kept
    findings: [
      ...problems,
      ...findings.filter(({ severity }) => severity !== 'problem'),
    ],
  };
}

/** The line on which an offset of a text is, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
