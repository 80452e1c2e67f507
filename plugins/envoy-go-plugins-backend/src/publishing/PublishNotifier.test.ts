import type { Notice } from '../notices';
import { PublishNotifier } from './PublishNotifier';
import {
  PUBLISH_TRANSITIONS,
  type PublishTransition,
} from './PublishTransition';

const REQUEST = {
  id: 'r1',
  author: 'user:default/jo',
  authorLogin: 'jo',
  name: 'marker',
};

function setUp(administrators?: string) {
  const notices: Notice[] = [];
  const notifier = new PublishNotifier({
    outbox: { add: async (...added) => void notices.push(...added) },
    administrators,
  });
  return { notices, notifier };
}

const ADMINISTRATORS = 'group:default/admins';

/** What the author and the administrators are told: `urgency: text`. */
const TOLD: Record<
  PublishTransition,
  { author?: string; administrators?: string }
> = {
  check: {},
  'find-wanting': { author: 'normal: WORDS.' },
  'find-good': { author: 'normal: WORDS.' },
  submit: {
    author: 'low: It was submitted: the administrators look at it now.',
    administrators:
      'normal: jo submitted marker to be published: it waits for a review.',
  },
  'request-changes': {
    author: 'high: The administrators ask for changes: WORDS',
  },
  reject: { author: 'high: It was rejected: WORDS' },
  approve: { author: 'high: It was approved.' },
  withdraw: { author: 'low: It was withdrawn.' },
  begin: { author: 'low: Its publication began.' },
  fail: {
    author: 'high: A step failed; the administrators look after it.',
    administrators: 'high: Its publication stands still: WORDS',
  },
  retry: {
    author: 'low: The administrators had the step that failed tried again.',
  },
  abort: { author: 'high: The administrators aborted the publication.' },
  finish: {},
};

describe('PublishNotifier', () => {
  it.each(Object.keys(PUBLISH_TRANSITIONS).map(name => [name]))(
    'tells of "%s" those whom it concerns',
    async name => {
      const transition = Object.keys(PUBLISH_TRANSITIONS).find(
        (each): each is PublishTransition => each === name,
      );
      const { notices, notifier } = setUp(ADMINISTRATORS);
      await notifier.moved(REQUEST, transition ?? 'check', 'WORDS');
      const saidTo = (entityRef: string) => {
        const notice = notices.find(
          ({ to }) => 'entityRefs' in to && to.entityRefs.includes(entityRef),
        );
        return notice && `${notice.severity}: ${notice.text}`;
      };
      expect({
        author: saidTo(REQUEST.author),
        administrators: saidTo(ADMINISTRATORS),
      }).toEqual({ ...TOLD[transition ?? 'check'] });
    },
  );

  it('leads the author to the request, and administrators to the review of what is not theirs', async () => {
    const { notices, notifier } = setUp(ADMINISTRATORS);
    await notifier.moved(REQUEST, 'submit');
    expect(notices).toMatchObject([
      {
        to: { entityRefs: ['user:default/jo'] },
        title: 'Publishing marker',
        link: '/envoy-go-plugins/publish/r1',
      },
      {
        to: { entityRefs: [ADMINISTRATORS], except: 'user:default/jo' },
        title: 'Review of marker',
        link: '/envoy-go-plugins/admin/reviews/r1',
      },
    ]);
  });

  it('is one notification however often the same is said', async () => {
    const { notices, notifier } = setUp();
    await notifier.moved(REQUEST, 'reject', 'No');
    await notifier.moved(REQUEST, 'reject', 'No');
    expect(new Set(notices.map(({ scope }) => scope)).size).toBe(1);
  });

  it('tells the author alone where nobody administers', async () => {
    const { notices, notifier } = setUp();
    await notifier.moved(REQUEST, 'submit');
    expect(notices).toHaveLength(1);
  });
});
