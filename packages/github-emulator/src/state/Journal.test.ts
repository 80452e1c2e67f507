import { createMockDirectory } from '@backstage/backend-test-utils';
import { promises as fs } from 'node:fs';
import { Collection } from './Collection';
import { Journal } from './Journal';

interface Thing {
  id: number;
  name: string;
}

describe('Journal', () => {
  const directory = createMockDirectory();
  const journals: Journal[] = [];

  const open = async () => {
    const things = new Collection<Thing, 'name'>({ name: ({ name }) => name });
    const journal = await Journal.open(directory.path, { things });
    journals.push(journal);
    return { journal, things };
  };

  afterEach(async () => {
    await Promise.all(journals.splice(0).map(journal => journal.abandon()));
    directory.clear();
  });

  it('has every change that was saved after the process died', async () => {
    const first = await open();
    const a = first.journal.nextId();
    first.things.put({ id: a, name: 'a' });
    first.things.put({ id: first.journal.nextId(), name: 'b' });
    await first.journal.saved();
    first.things.update(a, { name: 'changed' });
    first.things.deleteBy('name', 'b');
    await first.journal.saved();

    const second = await open();
    expect(second.things.list()).toEqual([{ id: a, name: 'changed' }]);
    expect(second.things.by('name', 'changed')).toHaveLength(1);
    expect(second.journal.nextId()).toBeGreaterThan(a + 1);
  });

  it('leaves out a last line that was cut off', async () => {
    const first = await open();
    first.things.put({ id: 1, name: 'whole' });
    await first.journal.saved();
    const file = (await fs.readdir(directory.path)).find(name =>
      name.startsWith('changes-'),
    );
    await fs.appendFile(
      directory.resolve(file ?? ''),
      '{"lastId":2,"put":{"things":[{"id":2,"na',
    );
    const second = await open();
    expect(second.things.list()).toEqual([{ id: 1, name: 'whole' }]);
    second.things.put({ id: 3, name: 'after' });
    await second.journal.saved();
    expect((await open()).things.size).toBe(2);
  });

  it('keeps one snapshot and one file of changes, however often it is opened', async () => {
    for (let at = 0; at < 3; at += 1) {
      const { journal, things } = await open();
      things.put({ id: journal.nextId(), name: `n${at}` });
      await journal.close();
    }
    expect((await fs.readdir(directory.path)).sort()).toEqual([
      expect.stringMatching(/^changes-\d+\.jsonl$/),
      'snapshot.json',
    ]);
    expect((await open()).things.size).toBe(3);
  });

  it('writes changes that come together as one, in their order', async () => {
    const { journal, things } = await open();
    await Promise.all(
      Array.from({ length: 50 }, async (_, at) => {
        things.put({ id: at, name: `n${at}` });
        things.put({ id: 1000, name: `last ${at}` });
        await journal.saved();
      }),
    );
    const again = await open();
    expect(again.things.size).toBe(51);
    expect(again.things.get(1000)).toEqual({ id: 1000, name: 'last 49' });
  });

  it('refuses changes after it was closed', async () => {
    const { journal, things } = await open();
    await journal.close();
    things.put({ id: 1, name: 'late' });
    await expect(journal.saved()).rejects.toThrow(/was closed/);
  });
});
