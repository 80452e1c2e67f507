import type { Difference } from './compare';
import type { CaseResult, ProofReport, ProofResult } from './ProofReport';

const WORDS = {
  passed: 'passed',
  failed: 'FAILED',
  'could-not-run': 'could not run',
} as const;

/**
 * A report for people: a table plugin × Envoy, then what was wrong, then warnings.
 *
 * @public
 */
export function formatReport(report: ProofReport): string {
  return [
    formatTable(report.results),
    ...formatTroubles(report.results),
    ...formatWarnings(report.results),
    formatSummary(report),
  ].join('\n\n');
}

function formatTable(results: ProofResult[]): string {
  const envoys = unique(results.map(envoyName));
  const plugins = unique(results.map(({ plugin }) => plugin.directory));
  const rows = [
    ['Plugin', ...envoys.map(name => `Envoy ${name}`)],
    ...plugins.map(directory => {
      const own = results.filter(
        ({ plugin }) => plugin.directory === directory,
      );
      return [
        own[0].plugin.name,
        ...envoys.map(name => {
          const result = own.find(candidate => envoyName(candidate) === name);
          return result ? formatCell(result) : '-';
        }),
      ];
    }),
  ];
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map(row => row[column].length)),
  );
  const [head, ...body] = rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
  return [
    head,
    widths.map(width => '-'.repeat(width)).join('  '),
    ...body,
  ].join('\n');
}

function formatCell(result: ProofResult): string {
  const passed = result.cases.filter(({ outcome }) => outcome === 'passed');
  const seconds = (result.durationMs / 1000).toFixed(1);
  return result.outcome === 'could-not-run'
    ? WORDS[result.outcome]
    : `${WORDS[result.outcome]} ${passed.length}/${
        result.cases.length
      } (${seconds} s)`;
}

// The same trouble in several Envoys is told once.
function formatTroubles(results: ProofResult[]): string[] {
  const troubles = results
    .filter(({ outcome }) => outcome !== 'passed')
    .map(result => ({ result, text: formatTrouble(result) }));
  const isSame = (a: (typeof troubles)[0], b: (typeof troubles)[0]) =>
    a.text === b.text &&
    a.result.plugin.directory === b.result.plugin.directory;
  return troubles
    .filter(
      (trouble, index) =>
        troubles.findIndex(other => isSame(trouble, other)) === index,
    )
    .map(trouble => {
      const envoys = troubles
        .filter(other => isSame(trouble, other))
        .map(({ result }) => envoyName(result));
      return `${trouble.result.plugin.name}, Envoy ${envoys.join(', ')}: ${
        trouble.text
      }`;
    });
}

function formatTrouble(result: ProofResult): string {
  const lines = [
    `${WORDS[result.outcome]}${result.reason ? `. ${result.reason}` : ''}`,
    ...result.cases
      .filter(({ outcome }) => outcome === 'failed')
      .flatMap(formatCase),
  ];
  const notRun = result.cases.filter(({ outcome }) => outcome === 'not-run');
  if (notRun.length > 0) {
    lines.push(`  ${notRun.length} of ${result.cases.length} cases not run`);
  }
  if (result.logTail?.length && showsLog(result)) {
    lines.push(
      result.outcome === 'could-not-run'
        ? '  output:'
        : "  last lines of Envoy's log:",
      ...result.logTail.map(line => `    | ${line}`),
    );
  }
  return lines.join('\n');
}

// Where only an answer differs, the log has nothing to add.
function showsLog(result: ProofResult): boolean {
  return (
    result.reason !== undefined ||
    result.cases.some(({ reason }) => reason !== undefined)
  );
}

function formatCase(result: CaseResult): string[] {
  return [
    `  ✗ ${result.name}${result.reason ? `: ${result.reason}` : ''}`,
    ...result.differences.flatMap(difference => {
      const place = [
        difference.step && `step ${difference.step}`,
        difference.repetition && `repetition ${difference.repetition}`,
      ]
        .filter(Boolean)
        .join(', ');
      return formatDifference(difference, place);
    }),
  ];
}

function formatDifference(difference: Difference, place: string): string[] {
  return [
    `      ${difference.field}${place ? ` (${place})` : ''}`,
    `        expected  ${printable(difference.expected)}`,
    `        got       ${printable(difference.actual)}`,
  ];
}

function printable(text: string): string {
  if (text === '') {
    return '(empty)';
  }
  const short = text.length > 2000 ? `${text.slice(0, 2000)}…` : text;
  return short.replaceAll('\n', `\n${' '.repeat(18)}`);
}

function formatWarnings(results: ProofResult[]): string[] {
  const warned = unique(results.flatMap(({ warnings }) => warnings)).map(
    warning => {
      const where = results
        .filter(({ warnings }) => warnings.includes(warning))
        .map(result => `${result.plugin.name} in ${envoyName(result)}`);
      return `  ! ${warning}\n      ${unique(where).join(', ')}`;
    },
  );
  return warned.length > 0 ? [`Envoy warned:\n${warned.join('\n')}`] : [];
}

function formatSummary({ results, durationMs }: ProofReport): string {
  const count = (outcome: ProofResult['outcome']) =>
    results.filter(result => result.outcome === outcome).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count(
    'could-not-run',
  )} could not run (${(durationMs / 1000).toFixed(1)} s)`;
}

function envoyName({ envoy }: ProofResult): string {
  return envoy.version ?? envoy.requested;
}

function unique<T>(values: T[]): T[] {
  return [...new Set(values)];
}
