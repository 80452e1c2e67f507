import { mockServices } from '@backstage/backend-test-utils';
import { waitFor } from '../testing/waitFor';
import { LeasedWorker, type LeasedRun, whileLeased } from './LeasedWorker';

/** A store of which only what waits is of interest, and what became of it. */
function startWorker(options: {
  waiting: string[];
  handle: (item: string, run: LeasedRun) => Promise<void>;
  renew?: () => Promise<boolean>;
  concurrency?: number;
  mostHeld?: number;
}) {
  const waiting = [...options.waiting];
  const begun: string[] = [];
  const left: { item: string; error: string; stops: boolean }[] = [];
  const worker = new LeasedWorker<string>({
    what: 'things',
    nameOf: item => `thing ${item}`,
    claim: async () => waiting.shift(),
    renew: options.renew ?? (async () => true),
    handle: async (item, run) => {
      begun.push(item);
      await options.handle(item, run);
    },
    leave: async (item, error, { stops }) =>
      void left.push({ item, error: error.message, stops }),
    logger: mockServices.logger.mock(),
    concurrency: options.concurrency ?? 1,
    mostHeld: options.mostHeld,
    leaseMs: 30,
    pollMs: 60_000,
  });
  worker.start();
  return { worker, waiting, begun, left };
}

/** Ends when the run is to end. */
async function untilAborted({ signal }: LeasedRun): Promise<void> {
  await new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

describe('LeasedWorker', () => {
  it('takes no more at a time than it may, and the next when one is done', async () => {
    const ends: (() => void)[] = [];
    const { worker, begun } = startWorker({
      waiting: ['a', 'b', 'c'],
      concurrency: 2,
      handle: () => new Promise(resolve => void ends.push(resolve)),
    });
    await waitFor(() => expect(begun).toEqual(['a', 'b']));
    ends[0]();
    await waitFor(() => expect(begun).toEqual(['a', 'b', 'c']));
    ends.slice(1).forEach(end => end());
    await worker.stop();
  });

  it('takes others while some only wait, up to what it may hold', async () => {
    const { worker, begun, left } = startWorker({
      waiting: ['a', 'b', 'c'],
      mostHeld: 2,
      handle: async (_, run) => {
        run.makeRoom();
        await untilAborted(run);
      },
    });
    await waitFor(() => expect(begun).toEqual(['a', 'b']));
    await worker.stop();
    expect(begun).toEqual(['a', 'b']);
    expect(left).toEqual([
      { item: 'a', error: 'This operation was aborted', stops: true },
      { item: 'b', error: 'This operation was aborted', stops: true },
    ]);
  });

  it('looks at once for what it is woken for', async () => {
    const { worker, waiting, begun } = startWorker({
      waiting: [],
      handle: async () => {},
    });
    waiting.push('a');
    worker.wake();
    await waitFor(() => expect(begun).toEqual(['a']));
    await worker.stop();
  });

  it('gives back what could not be worked at', async () => {
    const { worker, left } = startWorker({
      waiting: ['a'],
      handle: async () => {
        throw new Error('GitHub is down');
      },
    });
    await waitFor(() =>
      expect(left).toEqual([
        { item: 'a', error: 'GitHub is down', stops: false },
      ]),
    );
    await worker.stop();
  });

  it.each([
    {
      what: 'a renewal says so',
      renew: async () => false,
      handle: (_: string, run: LeasedRun) => untilAborted(run),
    },
    {
      what: 'what works at it finds out',
      renew: async () => true,
      handle: async (_: string, run: LeasedRun) => {
        run.loseLease();
        run.signal.throwIfAborted();
      },
    },
    {
      what: 'a change could not be made under it',
      renew: async () => true,
      handle: () => whileLeased(Promise.resolve(false)),
    },
  ])(
    'gives nothing back of which the lease is lost: $what',
    async ({ renew, handle }) => {
      const { worker, begun, left } = startWorker({
        waiting: ['a', 'b'],
        renew,
        handle,
      });
      await waitFor(() => expect(begun).toEqual(['a', 'b']));
      await worker.stop();
      expect(left.filter(({ stops }) => !stops)).toEqual([]);
    },
  );
});
