import { InputError } from '@backstage/errors';
import type {
  FoundVulnerability,
  VulnerabilityReport,
} from './VulnerabilityReport';

/** Messages of govulncheck, as far as they are read here. */
interface Message {
  config?: { db_last_modified?: string };
  osv?: { id: string; aliases?: string[]; summary?: string; details?: string };
  finding?: {
    osv: string;
    fixed_version?: string;
    trace?: { module: string; version?: string; function?: string }[];
  };
}

const SUMMARY_LENGTH = 500;

/**
 * Reads what `govulncheck -format json` prints: JSON objects one after the other, each
 * from the beginning of a line.
 *
 * @see https://pkg.go.dev/golang.org/x/vuln/internal/govulncheck
 * @throws {@link @backstage/errors#InputError} when it is something else
 */
export function readFindings(
  text: string,
): Omit<VulnerabilityReport, 'reason'> {
  const messages = readMessages(text);
  if (!messages.some(({ config }) => config)) {
    throw new InputError('What govulncheck printed is no report');
  }
  const entries = new Map(
    messages.flatMap(({ osv }) => (osv ? [[osv.id, osv] as const] : [])),
  );
  const found = new Map<string, FoundVulnerability>();
  for (const { finding } of messages) {
    if (finding) {
      // The first frame is where the vulnerability is
      const [frame] = finding.trace ?? [];
      const entry = entries.get(finding.osv);
      const known = found.get(finding.osv);
      found.set(finding.osv, {
        id: finding.osv,
        aliases: entry?.aliases ?? [],
        summary: shortened(entry?.summary ?? entry?.details ?? ''),
        module: frame?.module ?? '',
        ...(frame?.version && { version: frame.version }),
        ...(finding.fixed_version && { fixedIn: finding.fixed_version }),
        reached: known?.reached || frame?.function !== undefined,
      });
    }
  }
  const vulnerabilities = [...found.values()].sort((a, b) =>
    a.id.localeCompare(b.id, 'en', { numeric: true }),
  );
  const databaseAt = messages.find(({ config }) => config)?.config
    ?.db_last_modified;
  return {
    outcome: vulnerabilities.some(({ reached }) => reached)
      ? 'failed'
      : 'passed',
    vulnerabilities,
    ...(databaseAt !== undefined && {
      databaseAt: new Date(databaseAt).toISOString(),
    }),
  };
}

/** What was found in several libraries of one release. */
export function mergeFindings(
  reports: Omit<VulnerabilityReport, 'reason'>[],
): Omit<VulnerabilityReport, 'reason'> {
  const merged = new Map<string, FoundVulnerability>();
  for (const found of reports.flatMap(report => report.vulnerabilities)) {
    merged.set(found.id, {
      ...found,
      reached: found.reached || (merged.get(found.id)?.reached ?? false),
    });
  }
  const databaseAt = reports[0]?.databaseAt;
  return {
    outcome: reports.some(({ outcome }) => outcome === 'failed')
      ? 'failed'
      : 'passed',
    vulnerabilities: [...merged.values()],
    ...(databaseAt !== undefined && { databaseAt }),
  };
}

function readMessages(text: string): Message[] {
  try {
    return text
      .split(/\n(?=\{)/)
      .filter(message => message.trim())
      .map(message => JSON.parse(message));
  } catch {
    throw new InputError('What govulncheck printed is no JSON');
  }
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > SUMMARY_LENGTH
    ? `${line.slice(0, SUMMARY_LENGTH - 1)}…`
    : line;
}
