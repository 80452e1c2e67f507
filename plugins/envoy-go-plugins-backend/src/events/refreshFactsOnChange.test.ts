import WEBHOOK_EXAMPLES from '@octokit/webhooks-examples';
import { testDelivery } from '../testing/testDelivery';
import { DeliveryHandlers } from './DeliveryHandlers';
import { refreshFactsOnChange } from './refreshFactsOnChange';

describe('refreshFactsOnChange', () => {
  async function refreshedBy(event: string, action: string, changed = {}) {
    const refreshed: string[] = [];
    const handlers = new DeliveryHandlers();
    refreshFactsOnChange(handlers, async ({ host, owner, name }, changedAt) => {
      refreshed.push(`${host}/${owner}/${name} ${changedAt}`);
    });
    const examples = WEBHOOK_EXAMPLES.filter(
      ({ name }) => name === event,
    ).flatMap(definition => definition.examples);
    const payload = examples.find(
      example => 'action' in example && example.action === action,
    );
    const handled = await handlers.handle({
      delivery: {
        ...testDelivery({
          event,
          body: JSON.stringify({ ...payload, ...changed }),
          receivedAt: '2026-11-22T14:02:10.000Z',
        }),
        id: 1,
        state: 'processing',
        attempts: 1,
      },
      signal: new AbortController().signal,
    });
    return { handled, refreshed };
  }

  it('refreshes a repository as of when the delivery was received', async () => {
    await expect(refreshedBy('star', 'created')).resolves.toEqual({
      handled: true,
      refreshed: ['github.com/Codertocat/Hello-World 2026-11-22T14:02:10.000Z'],
    });
  });

  it.each([
    ['renamed', { repository: { name: { from: 'Old' } } }, 'Codertocat/Old'],
    [
      'transferred',
      { owner: { from: { user: { login: 'before' } } } },
      'before/Hello-World',
    ],
    [
      'transferred',
      { owner: { from: { organization: { login: 'before' } } } },
      'before/Hello-World',
    ],
  ])(
    'refreshes a repository that was %s where it is and where it was: %j',
    async (action, changes, before) => {
      const { refreshed } = await refreshedBy('repository', action, {
        changes,
        repository: {
          full_name: 'Codertocat/Hello-World',
          html_url: 'https://github.com/Codertocat/Hello-World',
        },
      });
      expect(refreshed).toEqual([
        'github.com/Codertocat/Hello-World 2026-11-22T14:02:10.000Z',
        `github.com/${before} 2026-11-22T14:02:10.000Z`,
      ]);
    },
  );

  it('leaves other events to others', async () => {
    await expect(refreshedBy('member', 'added')).resolves.toEqual({
      handled: false,
      refreshed: [],
    });
  });
});
