import { RequestQueue } from './RequestQueue';

describe('RequestQueue', () => {
  /** Work that ends when it is told to. */
  function newWork() {
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    return {
      begun,
      work: (name: string) => () =>
        new Promise<void>(resolve => {
          begun.push(name);
          ends.set(name, resolve);
        }),
      end: async (name: string, running: Promise<void>) => {
        ends.get(name)?.();
        await running;
      },
    };
  }

  it('serves events before pages before sweeps, and only so many at once', async () => {
    const queue = new RequestQueue(1);
    const { begun, work, end } = newWork();
    const first = queue.run('sweep', undefined, work('first'));
    const sweep = queue.run('sweep', undefined, work('sweep'));
    const page = queue.run('page', undefined, work('page'));
    const urgent = queue.run('urgent', undefined, work('urgent'));
    expect(begun).toEqual(['first']);
    await end('first', first);
    await end('urgent', urgent);
    await end('page', page);
    await end('sweep', sweep);
    expect(begun).toEqual(['first', 'urgent', 'page', 'sweep']);
    expect(queue.isIdle).toBe(true);
  });

  it('lets those go who wait no longer, and goes on after failures', async () => {
    const queue = new RequestQueue(1);
    const { begun, work, end } = newWork();
    const first = queue.run('page', undefined, work('first'));
    const leaving = new AbortController();
    const gone = queue.run('page', leaving.signal, work('gone'));
    const failing = queue.run('page', undefined, async () => {
      throw new Error('No');
    });
    const last = queue.run('page', undefined, work('last'));
    leaving.abort(new Error('Gone'));
    await expect(gone).rejects.toThrow('Gone');
    await end('first', first);
    await expect(failing).rejects.toThrow('No');
    await end('last', last);
    expect(begun).toEqual(['first', 'last']);
    expect(queue.isIdle).toBe(true);
  });
});
