import type { PublishCheckFinding } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  PublishCheck,
  PublishSource,
  PublishSourceFile,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import { lineAt, placeOf, reportOf } from './findings';

/** A source file that is larger is none, in bytes. */
const LARGEST_SOURCE = 512 * 1024;

const BINARY_NAME =
  /\.(so|dll|dylib|exe|a|o|obj|lib|class|jar|pyc|wasm|bin|out|test|zip|tar|gz|tgz|bz2|xz|zst|7z|rar|deb|rpm|apk|iso|dmg)$/i;

/** What else is no text and may be there. */
const PICTURE_NAME = /\.(png|jpe?g|gif|webp|ico|svg|woff2?|ttf|pdf)$/i;

const SECRET_NAME =
  /(^|\/)(\.env(\.(?!example|sample|template)[\w.-]+)?|\.netrc|\.npmrc|\.pypirc|\.git-credentials|\.htpasswd|id_(rsa|dsa|ecdsa|ed25519)|[^/]*\.(p12|pfx|jks|keystore|kdbx)|credentials\.json)$/i;

/** Each is bounded, so that it takes no longer than the text is long. */
const SECRETS: { what: string; pattern: RegExp }[] = [
  {
    what: 'a private key',
    pattern: /-----BEGIN (?:[A-Z]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----/,
  },
  { what: 'a key of AWS', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/ },
  {
    what: 'a token of GitHub',
    pattern:
      /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})\b/,
  },
  { what: 'a token of GitLab', pattern: /\bglpat-[A-Za-z0-9_-]{20,64}\b/ },
  {
    what: 'a token of Slack',
    pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,200}\b/,
  },
  { what: 'a key of Google', pattern: /\bAIza[0-9A-Za-z_-]{35}\b/ },
  { what: 'a token of npm', pattern: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { what: 'a key of Stripe', pattern: /\b[rs]k_live_[0-9A-Za-z]{20,100}\b/ },
  {
    what: 'a password in an address',
    pattern:
      /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@'"<>${}]{1,64}:[^\s:/@'"<>${}]{3,128}@[A-Za-z0-9.-]{3,253}/,
  },
];

/** What only tests use: keys in there are made to be seen. */
const TEST_DATA = /(^|\/)testdata\/|_test\.go$/;

/**
 * Whether there is nothing but sources: no binaries, whose sources nobody can look at, no
 * secrets, no links and submodules that lead elsewhere.
 */
export const contentsCheck: PublishCheck = {
  id: 'contents',
  title: 'Contents',
  async run({ source, signal }) {
    const findings: PublishCheckFinding[] = [];
    let read = 0;
    for (const file of source.files) {
      signal.throwIfAborted();
      const listed = lookAtEntry(file);
      if (listed) {
        findings.push({ ...listed, ...placeOf(source, file.path) });
      } else if (!PICTURE_NAME.test(file.path)) {
        findings.push(...(await lookInto(source, file)));
        read += 1;
      }
    }
    return reportOf({
      lookedAt: [`${source.files.length} files, ${read} of them inside`],
      findings,
      passed:
        'There are no binaries and no secrets that are known by their looks.',
    });
  },
};

function lookAtEntry({
  path,
  mode,
  size,
}: PublishSourceFile): PublishCheckFinding | undefined {
  if (mode === '160000') {
    return {
      severity: 'problem',
      message: `${path} is a submodule: what is in it is not reviewed.`,
      mend: 'Use a Go module, or take its files in.',
    };
  }
  if (mode === '120000') {
    return {
      severity: 'problem',
      message: `${path} is a symbolic link, which may lead anywhere.`,
      mend: 'Put a file in its place.',
    };
  }
  if (SECRET_NAME.test(path)) {
    return {
      severity: 'problem',
      message: `${path} is a file in which secrets are kept.`,
      mend: 'Take it out of the history too ("git filter-repo"), and make the secrets invalid.',
    };
  }
  if (BINARY_NAME.test(path)) {
    return {
      severity: 'problem',
      message: `${path} is no source: it is built of sources, or holds files that nobody can look at.`,
      mend: 'Take it out, and add it to .gitignore. Releases are built by the portal.',
    };
  }
  if (size > LARGEST_SOURCE) {
    return {
      severity: 'problem',
      message: `${path} has ${size} bytes, which is too large for a source.`,
      mend: `Take it out, or keep it below ${LARGEST_SOURCE} bytes.`,
    };
  }
  return undefined;
}

async function lookInto(
  source: PublishSource,
  { path }: PublishSourceFile,
): Promise<PublishCheckFinding[]> {
  const content = await source.read(path);
  if (!content) {
    return [];
  }
  if (content.includes(0)) {
    return [
      {
        severity: 'problem',
        message: `${path} is no text.`,
        mend: 'Take it out, and add it to .gitignore.',
        ...placeOf(source, path),
      },
    ];
  }
  const text = content.toString('utf8');
  return SECRETS.flatMap(({ what, pattern }) => {
    const found = text.match(pattern);
    return found
      ? [
          {
            severity: TEST_DATA.test(path) ? 'notice' : 'problem',
            message: `${path} has what looks like ${what}.`,
            mend: 'Take it out of the history too ("git filter-repo"), and make it invalid.',
            ...placeOf(source, path, lineAt(text, found.index ?? 0)),
          } as const,
        ]
      : [];
  });
}
