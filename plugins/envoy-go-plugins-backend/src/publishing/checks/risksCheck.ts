import type { PublishCheckFinding } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  PublishCheck,
  PublishSource,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import { lineAt, placeOf } from './findings';
import { goImports, goInitBodies, stripGo } from './goSource';

/** Packages that can hurt a proxy, and how. */
const RISKY_PACKAGES: Record<string, string> = {
  C: 'calls C, where a mistake ends the whole proxy',
  'os/exec': 'can start processes from within the proxy',
  plugin: 'can load code that nobody looked at',
  syscall: 'calls the operating system directly',
  'golang.org/x/sys/unix': 'calls the operating system directly',
  unsafe: 'goes round the memory safety of Go',
};

const LISTENS =
  /\b(?:net\.Listen\w*|(?:http|fasthttp)\.(?:ListenAndServe\w*|Serve\w*)|\w+\.ListenAndServe\w*|net\.ListenConfig)\b/g;

const STARTS_GOROUTINE = /(?:^|[\s;{])go\s+[\w.(]/g;

/** A file with more is worth a look anyway. */
const MOST_IN_A_FILE = 50;

/** Something that can hurt a proxy. */
interface Risk {
  /** The same for the same risk in another version, whatever line it is on. */
  key: string;
  message: string;
  path: string;
  line: number;
}

/**
 * Reports what can hurt a proxy, for reviewers to judge: it never fails. Where there is a
 * release before, it says what is new since then.
 */
export const risksCheck: PublishCheck = {
  id: 'risks',
  title: 'Risk report',
  async run({ source, previousRelease, signal }) {
    const risks = await risksOf(source, signal);
    const before = await previousRelease();
    const known = before
      ? new Set(
          (await risksOf(before.source, signal)).found.map(({ key }) => key),
        )
      : undefined;
    const findings = risks.found.map(
      ({ key, message, path, line }): PublishCheckFinding => ({
        severity: 'notice',
        message,
        ...placeOf(source, path, line),
        ...(known && { isNew: !known.has(key) }),
      }),
    );
    const fresh = findings.filter(({ isNew }) => isNew).length;
    return {
      outcome: 'passed',
      summary:
        findings.length === 0
          ? 'Nothing that is known to hurt a proxy was found in the sources.'
          : `${
              findings.length === 1
                ? 'One thing is'
                : `${findings.length} things are`
            } worth a look${
              before ? `, ${fresh} of them new since ${before.tag}` : ''
            }.`,
      lookedAt: [
        `${risks.files} Go files without tests`,
        ...(before ? [`The release ${before.tag}`] : []),
      ],
      findings: findings.sort(
        (a, b) => Number(b.isNew ?? false) - Number(a.isNew ?? false),
      ),
    };
  },
};

async function risksOf(
  source: PublishSource,
  signal: AbortSignal,
): Promise<{ found: Risk[]; files: number }> {
  const found: Risk[] = [];
  const files = source.files.filter(
    ({ path }) => path.endsWith('.go') && !path.endsWith('_test.go'),
  );
  for (const { path } of files) {
    signal.throwIfAborted();
    const text = (await source.read(path))?.toString('utf8') ?? '';
    const before = found.length;
    const add = (key: string, message: string, offset: number) => {
      if (found.length - before < MOST_IN_A_FILE) {
        found.push({
          key: `${path} ${key}`,
          message: `${path} ${message}.`,
          path,
          line: lineAt(text, offset),
        });
      }
    };
    for (const { path: imported, offset } of goImports(text)) {
      const risk = RISKY_PACKAGES[imported];
      if (risk !== undefined) {
        add(`import ${imported}`, `imports "${imported}": it ${risk}`, offset);
      }
    }
    const code = stripGo(text, { keepStrings: false });
    for (const call of code.matchAll(LISTENS)) {
      add(
        `listen ${call[0]}`,
        `uses ${call[0]}: it may open a port of its own beside the proxy's`,
        call.index ?? 0,
      );
    }
    for (const { body, offset } of goInitBodies(text)) {
      for (const start of body.matchAll(STARTS_GOROUTINE)) {
        add(
          'goroutine in init',
          'starts a goroutine in init(): it runs as soon as the library is loaded, and nobody ends it',
          offset + (start.index ?? 0),
        );
      }
    }
  }
  return { found, files: files.length };
}
