import { isAway, whileAway } from '../../../src/fleet/context/while-away.js';
import { OperationError, type Clock, type ErrorCode } from '../../../src/support/index.js';

function failure(code: ErrorCode, cause?: unknown): OperationError {
  return new OperationError({ code, attempted: 'look up', problem: 'HTTP 503', cause });
}

describe('an outage', () => {
  let time = 0;
  let lines: string[] = [];
  const stop = new AbortController();
  const clock: Clock = {
    now: () => time,
    sleep: (ms) => {
      time += ms;
      return Promise.resolve();
    },
  };
  const note = (line: string): number => lines.push(line);
  const outage = (limit: number) => ({ clock, reporter: { note, warn: note }, stop: stop.signal, limit });
  /** Fails `times` times, then answers. */
  const work = (times: number, error: Error) => {
    let calls = 0;
    return () => (calls++ < times ? Promise.reject(error) : Promise.resolve(calls));
  };

  beforeEach(() => {
    time = 0;
    lines = [];
  });

  test('is waited for, and said twice: when it is noticed and when it is over', async () => {
    expect(await whileAway(outage(300_000), work(30, failure('unavailable')))).toBe(31);
    expect(lines).toEqual([
      'Prism Central is away (HTTP 503); waiting for it, for up to 5 min 00 s',
      'Prism Central answers again (1 min 00 s).',
    ]);
  });

  test('no longer than the limit', async () => {
    await expect(whileAway(outage(9_000), work(99, failure('unreachable')))).rejects.toThrow('HTTP 503');
    expect(time).toBe(8_000);
  });

  test.each<[string, number, OperationError]>([
    ['it is not waited for', 0, failure('unavailable')],
    ['the password is wrong', 300_000, failure('unauthenticated')],
    ['the certificate is another', 300_000, failure('untrusted-certificate')],
  ])('is not waited for when %s', async (_, limit, error) => {
    await expect(whileAway(outage(limit), work(1, error))).rejects.toBe(error);
    expect({ time, lines }).toEqual({ time: 0, lines: [] });
  });

  test('Ctrl-C ends the waiting', async () => {
    const stopped = new AbortController();
    const ends: Clock = { ...clock, sleep: () => Promise.reject(new Error('interrupted')) };
    const waiting = whileAway(
      { ...outage(300_000), clock: ends, stop: stopped.signal },
      work(9, failure('unavailable')),
    );
    await expect(waiting).rejects.toThrow('interrupted');
  });

  test.each<[ErrorCode, unknown, boolean]>([
    ['unreachable', undefined, true],
    ['unavailable', undefined, true],
    ['rate-limited', undefined, true],
    ['timeout', undefined, true],
    ['unreachable', new Error('axios', { cause: Object.assign(new Error(), { code: 'ENOTFOUND' }) }), false],
    ['unreachable', Object.assign(new Error(), { code: 'ECONNREFUSED' }), true],
    ['not-found', undefined, false],
    ['permission-denied', undefined, false],
  ])('%s caused by %s: %s', (code, cause, away) => {
    expect(isAway(failure(code, cause))).toBe(away);
  });
});
