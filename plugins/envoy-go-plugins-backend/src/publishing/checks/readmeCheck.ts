import type { PublishCheck } from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import { placeOf, reportOf } from './findings';

/** Words that a README has at least, without its code. */
const FEWEST_WORDS = 60;

/** Whether the README says something: what the plugin does, and how it is configured. */
export const readmeCheck: PublishCheck = {
  id: 'readme',
  title: 'README',
  async run({ source, description }) {
    const path = source.files.find(file =>
      /^readme(\.md|\.markdown)?$/i.test(file.path),
    )?.path;
    const content = path === undefined ? undefined : await source.read(path);
    if (path === undefined || content === undefined) {
      const message = 'There is no README.md at the root of the repository.';
      return {
        outcome: 'failed',
        summary: message,
        lookedAt: ['The files at the root'],
        findings: [
          {
            severity: 'problem',
            message,
            mend: 'Write one: what the plugin does, what it is configured with, and an example.',
          },
        ],
      };
    }
    const text = content.toString('utf8');
    const prose = withoutCode(text);
    const words = prose.match(/[\p{L}\p{N}]{2,}/gu)?.length ?? 0;
    const problems = [
      ...(words < FEWEST_WORDS
        ? [
            {
              message: `${path} has ${words} words besides its code, which is too little to know the plugin by.`,
              mend: `Say what it does, when it is of use and what it is configured with, in ${FEWEST_WORDS} words or more.`,
            },
          ]
        : []),
      ...(/^#{1,6}\s/m.test(text) || /^.+\n[=-]{3,}\s*$/m.test(text)
        ? []
        : [
            {
              message: `${path} has no heading.`,
              mend: 'Begin it with a heading that names the plugin.',
            },
          ]),
      ...(description?.spec.config && !/configur|option|setting/i.test(text)
        ? [
            {
              message: `The plugin can be configured, but ${path} does not say how.`,
              mend: 'Add a section "Configuration" with an example.',
            },
          ]
        : []),
    ];
    return reportOf({
      lookedAt: [path],
      findings: problems.map(problem => ({
        ...problem,
        severity: 'problem',
        ...placeOf(source, path),
      })),
      passed: `${path} has ${words} words besides its code.`,
    });
  },
};

/** What is between fences is left out. */
function withoutCode(markdown: string): string {
  let inCode = false;
  return markdown
    .split('\n')
    .filter(line => {
      const isFence = /^\s*(```|~~~)/.test(line);
      inCode = isFence ? !inCode : inCode;
      return !inCode && !isFence;
    })
    .join('\n');
}
