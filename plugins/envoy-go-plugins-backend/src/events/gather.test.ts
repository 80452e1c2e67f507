import { gather } from './gather';

describe('gather', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('calls once for all that was asked for within the time, and not again by itself', () => {
    const call = jest.fn();
    const gathered = gather(1_000, call);
    for (let count = 0; count < 10; count += 1) {
      gathered();
      jest.advanceTimersByTime(99);
    }
    expect(call).not.toHaveBeenCalled();
    jest.advanceTimersByTime(10);
    expect(call).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(60_000);
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('calls at most once in the time, however long it is asked for', () => {
    const call = jest.fn();
    const gathered = gather(1_000, call);
    for (let count = 0; count < 50; count += 1) {
      gathered();
      jest.advanceTimersByTime(100);
    }
    expect(call.mock.calls.length).toBeLessThanOrEqual(5);
    expect(call.mock.calls.length).toBeGreaterThanOrEqual(4);
  });
});
