import { mockServices } from '@backstage/backend-test-utils';
import type { NotificationSendOptions } from '@backstage/plugin-notifications-node';
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

function setUp(options: { administrators?: string; broken?: boolean } = {}) {
  const sent: NotificationSendOptions[] = [];
  const logger = mockServices.logger.mock();
  const notifier = new PublishNotifier({
    signals: { publish: async () => {} },
    notifications: {
      send: async notification => {
        if (options.broken) {
          throw new Error('Nobody is there');
        }
        sent.push(notification);
      },
    },
    administrators: options.administrators,
    logger,
  });
  return { sent, notifier, logger };
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
      const { sent, notifier } = setUp({ administrators: ADMINISTRATORS });
      await notifier.moved(REQUEST, transition ?? 'check', 'WORDS');
      const to = (entityRef: string) =>
        sent.find(
          ({ recipients }) =>
            recipients.type === 'entity' && recipients.entityRef === entityRef,
        )?.payload;
      const say = (payload: NotificationSendOptions['payload'] | undefined) =>
        payload && `${payload.severity}: ${payload.description}`;
      expect({
        author: say(to(REQUEST.author)),
        administrators: say(to(ADMINISTRATORS)),
      }).toEqual({ ...TOLD[transition ?? 'check'] });
    },
  );

  it('leads the author to the request, and administrators to the review of what is not theirs', async () => {
    const { sent, notifier } = setUp({ administrators: ADMINISTRATORS });
    await notifier.moved(REQUEST, 'submit');
    expect(sent).toMatchObject([
      {
        recipients: { type: 'entity', entityRef: 'user:default/jo' },
        payload: {
          title: 'Publishing marker',
          link: '/envoy-go-plugins/publish/r1',
        },
      },
      {
        recipients: {
          type: 'entity',
          entityRef: ADMINISTRATORS,
          excludeEntityRef: 'user:default/jo',
        },
        payload: {
          title: 'Review of marker',
          link: '/envoy-go-plugins/admin/reviews/r1',
        },
      },
    ]);
  });

  it('is one notification however often the same is said, and never a long one', async () => {
    const { sent, notifier } = setUp();
    await notifier.moved(REQUEST, 'reject', 'x'.repeat(2_000));
    await notifier.moved(REQUEST, 'reject', 'x'.repeat(2_000));
    expect(new Set(sent.map(({ payload }) => payload.scope)).size).toBe(1);
    expect(sent[0].payload.description).toHaveLength(400);
  });

  it('stops nothing where nobody takes notifications, or nobody administers', async () => {
    const broken = setUp({ broken: true, administrators: ADMINISTRATORS });
    await broken.notifier.moved(REQUEST, 'submit');
    expect(broken.logger.info).toHaveBeenCalledTimes(2);
    const { sent, notifier } = setUp();
    await notifier.moved(REQUEST, 'submit');
    expect(sent).toHaveLength(1);
  });
});
