import * as fc from 'fast-check';
import {
  decideRetry,
  parseRetryAfter,
  type Outcome,
} from '../../../../src/prism/http/retry/retry-decision.js';

const answer = (status: number, retryAfterMs?: number): Outcome => ({ kind: 'answer', status, retryAfterMs });
const sent = (why: 'reset' | 'slow' | 'too-large' | 'protocol'): Outcome => ({
  kind: 'no-answer',
  why,
  sent: true,
});
const unsent = (
  why: 'slow' | 'connection' | 'name-resolution' | 'reset' | 'proxy' | 'trust' | 'protocol',
): Outcome => ({
  kind: 'no-answer',
  why,
  sent: false,
});

describe('whether to send again', () => {
  /** Outcome, then the number of attempts in all for a repeatable call and for one that is not. */
  test.each<[string, Outcome, number, number]>([
    ['429', answer(429), 40, 40],
    ['500', answer(500), 4, 1],
    ['502', answer(502), 4, 1],
    ['503', answer(503), 4, 1],
    ['504', answer(504), 4, 1],
    ['408', answer(408), 4, 1],
    ['501', answer(501), 1, 1],
    ['400', answer(400), 1, 1],
    ['401', answer(401), 1, 1],
    ['403', answer(403), 1, 1],
    ['404', answer(404), 1, 1],
    ['409', answer(409), 1, 1],
    ['422', answer(422), 1, 1],
    ['connection broke after sending', sent('reset'), 4, 1],
    ['no answer in time', sent('slow'), 2, 1],
    ['answer too large', sent('too-large'), 1, 1],
    ['answer is no HTTP', sent('protocol'), 1, 1],
    ['connection broke before sending', unsent('reset'), 4, 4],
    ['refused, no route', unsent('connection'), 4, 4],
    ['no connection in time', unsent('slow'), 2, 2],
    ['name not resolved', unsent('name-resolution'), 4, 4],
    ['proxy refuses', unsent('proxy'), 1, 1],
    ['certificate', unsent('trust'), 1, 1],
    ['no TLS there', unsent('protocol'), 1, 1],
  ])('%s', (_name, outcome, repeatable, once) => {
    expect(attemptsFor(outcome, true)).toBe(repeatable);
    expect(attemptsFor(outcome, false)).toBe(once);
  });
});

/** 0 <= n < 1, the same each time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function attemptsFor(outcome: Outcome, repeatable: boolean): number {
  let number = 1;
  while (decideRetry({ number, repeatable, outcome, jitter: 0.5 }).repeat) number += 1;
  return number;
}

describe('when to send again', () => {
  const after = (number: number, outcome: Outcome, jitter: number): number => {
    const decision = decideRetry({ number, repeatable: true, outcome, jitter });
    return decision.repeat ? decision.afterMs : Number.NaN;
  };

  test('the pause doubles, and jitter takes up to half of it', () => {
    expect([1, 2, 3].map((number) => after(number, answer(503), 0))).toEqual([150, 300, 600]);
    expect([1, 2, 3].map((number) => after(number, answer(503), 0.999))).toEqual([
      expect.closeTo(300, 0),
      expect.closeTo(600, 0),
      expect.closeTo(1_200, -1),
    ]);
  });

  test('the pause has a cap', () => {
    expect(after(5, answer(429), 0.999)).toBeLessThanOrEqual(4_000);
  });

  test('Retry-After counts when it is longer, up to half a minute', () => {
    expect(after(1, answer(503, 7_000), 0)).toBe(7_000);
    expect(after(1, answer(429, 3_600_000), 0)).toBe(30_000);
    expect(after(1, answer(429, 0), 0)).toBe(500);
  });

  test('those that were told the same moment do not come back together', () => {
    expect([0, 0.5, 0.999].map((jitter) => after(2, answer(429, 1_000), jitter))).toEqual([
      1_000,
      2_000,
      expect.closeTo(3_000, -1),
    ]);
  });

  test('200 clients that a server allows twice a second are all served', () => {
    const random = seeded(20_251);
    const waiting = Array.from({ length: 200 }, () => ({ at: random() * 1_000, number: 1 }));
    waiting.sort((a, b) => a.at - b.at);
    const taken = new Map<number, number>();
    for (let client = waiting.shift(); client !== undefined; client = waiting.shift()) {
      const second = Math.floor(client.at / 1_000);
      const nth = (taken.get(second) ?? 0) + 1;
      taken.set(second, nth);
      if (nth <= 2) continue;
      const { number, at } = client;
      const pause = after(number, answer(429, 1_000), random());
      expect(pause).not.toBeNaN();
      waiting.push({ number: number + 1, at: at + pause });
      waiting.sort((a, b) => a.at - b.at);
    }
  });

  test('always between nothing and half a minute, whatever comes', () => {
    const outcome = fc.oneof(
      fc.record({
        kind: fc.constant('answer' as const),
        status: fc.integer({ min: 400, max: 599 }),
        retryAfterMs: fc.option(fc.nat(), { nil: undefined }),
      }),
      fc.record({
        kind: fc.constant('no-answer' as const),
        why: fc.constantFrom('reset' as const, 'connection' as const, 'slow' as const),
        sent: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(
        outcome,
        fc.nat(10),
        fc.boolean(),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (o, n, r, j) => {
          const decision = decideRetry({ number: n + 1, repeatable: r, outcome: o, jitter: j });
          return !decision.repeat || (decision.afterMs >= 0 && decision.afterMs <= 30_000);
        },
      ),
    );
  });
});

test.each([
  [undefined, undefined],
  ['3', 3_000],
  [' 0 ', 0],
  ['Wed, 21 Oct 2015 07:28:10 GMT', 10_000],
  ['Wed, 21 Oct 2015 07:27:00 GMT', 0],
  ['soon', undefined],
  ['-1', undefined],
])('Retry-After %p is %p ms', (value, expected) => {
  expect(parseRetryAfter(value, Date.parse('Wed, 21 Oct 2015 07:28:00 GMT'))).toBe(expected);
});
