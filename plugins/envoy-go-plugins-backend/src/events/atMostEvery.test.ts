import { waitFor } from '../testing/waitFor';
import { atMostEvery } from './atMostEvery';

describe('atMostEvery', () => {
  it('calls at once, and once more for all that was asked for meanwhile', async () => {
    const call = jest.fn();
    const throttled = atMostEvery(50, call);
    for (let count = 0; count < 10; count += 1) {
      throttled();
    }
    expect(call).toHaveBeenCalledTimes(1);
    await waitFor(() => expect(call).toHaveBeenCalledTimes(2));
  });
});
