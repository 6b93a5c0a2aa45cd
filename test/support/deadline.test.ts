import { connect } from 'node:net';
import {
  abortError,
  abortReason,
  awakeTimer,
  deadlineAfter,
  limitTimer,
  OperationError,
} from '../../src/support/index.js';
import { startTcpServer } from '../guest/ssh-server.js';
import { standStill } from './stand-still.js';

describe('limitTimer', () => {
  it('lets be read what has come while the computer stood still', async () => {
    const server = await startTcpServer('nothing');
    const events: string[] = [];
    const socket = connect({ host: '127.0.0.1', port: server.port }, () => events.push('connected'));
    try {
      const over = new Promise<void>((resolve) => limitTimer(20, resolve)).then(() => events.push('over'));
      standStill(50);
      await over;
      expect(events).toEqual(['connected', 'over']);
    } finally {
      socket.destroy();
      await server.close();
    }
  });

  it('never fires once cleared, even when its time has come', async () => {
    const over = jest.fn();
    const timer = limitTimer(20, over);
    const later = new Promise<void>((resolve) => setTimeout(resolve, 20));
    standStill(50);
    // Due behind the limit, and before what has come is read.
    await later;
    timer.clear();
    await new Promise(setImmediate);
    expect(over).not.toHaveBeenCalled();
  });
});

describe('awakeTimer', () => {
  it('counts the time in which the computer stood still as a tenth', async () => {
    let isOver = false;
    const over = new Promise<void>((resolve) => awakeTimer(100, resolve)).then(() => (isOver = true));
    standStill(150);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(isOver).toBe(false);
    await over;
  });

  it('passes in its time, and never fires once cleared', () => {
    jest.useFakeTimers();
    const [over, cleared] = [jest.fn(), jest.fn()];
    awakeTimer(5000, over);
    const timer = awakeTimer(5000, cleared);
    jest.advanceTimersByTime(4999);
    expect(over).not.toHaveBeenCalled();
    timer.clear();
    jest.advanceTimersByTime(1);
    expect(over).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(10_000);
    expect([over.mock.calls.length, cleared.mock.calls.length, jest.getTimerCount()]).toEqual([1, 0, 0]);
    jest.useRealTimers();
  });
});

describe('deadlineAfter', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('aborts with a timeout that names the attempt', () => {
    const { signal } = deadlineAfter(5000, 'create host "web-1"', 'Raise --nutanix-timeout.');
    jest.advanceTimersByTime(4999);
    expect(signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    // What has come is read before.
    expect(signal.aborted).toBe(false);
    jest.advanceTimersToNextTimer();
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

describe('abortReason', () => {
  it('is the reason where that is an error, and else an error with its text', () => {
    const reason = new Error('SIGTERM');
    expect(abortReason(AbortSignal.abort(reason))).toBe(reason);
    expect(abortReason(AbortSignal.abort('enough'))).toEqual(new Error('enough'));
  });
});

describe('abortError', () => {
  const timeout = new OperationError({
    code: 'timeout',
    attempted: 'create host',
    problem: 'not done after 9 s',
    advice: 'Give it more time.',
    taskId: 'b1',
  });
  const pending = { waitedFor: 'the guest', lastSeen: 'no address', advice: 'Look at it.' };

  it('is the reason of the signal when nothing is pending', () => {
    expect(abortError(AbortSignal.abort(timeout), 'read')).toBe(timeout);
  });

  it('adds what was waited for, and where to look when the time is over', () => {
    expect(abortError(AbortSignal.abort(timeout), 'read', pending)).toMatchObject({
      code: 'timeout',
      message:
        'create host: not done after 9 s; was waiting for the guest, last seen: no address (task b1). Look at it. Give it more time.',
      cause: timeout,
    });
  });

  it('gives no advice on a wait that was stopped', () => {
    const stopped = new OperationError({ code: 'cancelled', attempted: 'create host', problem: 'stopped' });
    const error = abortError(AbortSignal.abort(stopped), 'read', { ...pending, lastSeen: undefined });
    expect(error.message).toBe('create host: stopped; was waiting for the guest');
  });

  it.each([[new Error('no OperationError')], ['text']])(
    'for the reason %p it is a cancellation',
    (reason) => {
      expect(abortError(AbortSignal.abort(reason), 'read VM', pending)).toMatchObject({
        code: 'cancelled',
        message: 'read VM: stopped',
        cause: reason,
      });
    },
  );
});
