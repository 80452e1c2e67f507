import type { NoticeSeverity } from '../notices';
import type { PublishTransition } from './PublishTransition';

/** What somebody is told, in a sentence or two. */
export interface PublishNotice {
  severity: NoticeSeverity;
  text: (about: {
    /** Of the plugin. */
    name: string;
    /** On GitHub. */
    authorLogin: string;
    /** The words of whoever did it, or what the portal says of it. */
    words: string | undefined;
  }) => string;
}

/** Who is told of what happens to a request. */
export const PUBLISH_NOTICES: Record<
  PublishTransition,
  { author?: PublishNotice; administrators?: PublishNotice }
> = {
  // Its author asked for it this moment, and is told what comes of it
  check: {},
  'find-wanting': { author: { severity: 'normal', text: sentence } },
  'find-good': { author: { severity: 'normal', text: sentence } },
  submit: {
    author: {
      severity: 'low',
      text: () => 'It was submitted: the administrators look at it now.',
    },
    administrators: {
      severity: 'normal',
      text: ({ name, authorLogin }) =>
        `${authorLogin} submitted ${name} to be published: it waits for a review.`,
    },
  },
  'request-changes': {
    author: {
      severity: 'high',
      text: withWords('The administrators ask for changes'),
    },
  },
  reject: {
    author: { severity: 'high', text: withWords('It was rejected') },
  },
  approve: {
    author: { severity: 'high', text: () => 'It was approved.' },
  },
  withdraw: {
    author: { severity: 'low', text: () => 'It was withdrawn.' },
  },
  begin: {
    author: { severity: 'low', text: () => 'Its publication began.' },
  },
  fail: {
    author: {
      severity: 'high',
      text: () => 'A step failed; the administrators look after it.',
    },
    administrators: {
      severity: 'high',
      text: withWords('Its publication stands still'),
    },
  },
  retry: {
    author: {
      severity: 'low',
      text: () => 'The administrators had the step that failed tried again.',
    },
  },
  abort: {
    author: {
      severity: 'high',
      text: () => 'The administrators aborted the publication.',
    },
  },
  // Told by the last step, which survives the worker
  finish: {},
};

function sentence({ words = '' }: { words: string | undefined }): string {
  return words.replace(/\.?$/, '.');
}

function withWords(
  what: string,
): (about: { words: string | undefined }) => string {
  return ({ words }) => (words ? `${what}: ${words}` : `${what}.`);
}
