import { deadlineAfter, OperationError } from '../../src/support/index.js';

describe('deadlineAfter', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('aborts with a timeout that names the attempt', () => {
    const { signal } = deadlineAfter(5000, 'create host "web-1"', 'Raise --nutanix-timeout.');
    jest.advanceTimersByTime(4999);
    expect(signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(signal.reason).toBeInstanceOf(OperationError);
    expect(signal.reason).toMatchObject({
      code: 'timeout',
      message: 'create host "web-1": not done after 5 s. Raise --nutanix-timeout.',
    });
  });

  it('passes on the reason of its parent', () => {
    const parent = new AbortController();
    const { signal } = deadlineAfter(5000, 'create', undefined, parent.signal);
    const reason = new Error('SIGTERM');
    parent.abort(reason);
    expect(signal.reason).toBe(reason);
  });

  it('never fires once cleared', () => {
    const deadline = deadlineAfter(5000, 'create');
    deadline.clear();
    jest.advanceTimersByTime(10_000);
    expect(deadline.signal.aborted).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
  });
});
