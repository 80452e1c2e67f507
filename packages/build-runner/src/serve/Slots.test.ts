import { Slots } from './Slots';

describe('Slots', () => {
  it('lets the next one in when one leaves, and forgets who gave up', async () => {
    const slots = new Slots(1);
    const { signal } = new AbortController();
    const leave = await slots.take(signal);
    const impatient = new AbortController();
    const givenUp = slots.take(impatient.signal);
    const entered: string[] = [];
    const second = slots.take(signal).then(left => {
      entered.push('second');
      return left;
    });
    impatient.abort(new Error('too late'));
    await expect(givenUp).rejects.toThrow('too late');
    await expect(slots.take(impatient.signal)).rejects.toThrow('too late');
    expect(entered).toEqual([]);
    leave();
    (await second)();
    await expect(slots.take(signal)).resolves.toBeDefined();
  });
});
