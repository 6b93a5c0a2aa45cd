import fc from 'fast-check';
import { allowanceLayer } from '../../../../src/prism/http/allowance/allowance.js';
import type { Handler, HttpCall, Reply } from '../../../../src/prism/http/exchange.js';
import { OperationError, type Clock } from '../../../../src/support/index.js';
import { rejection } from '../../fixtures.js';
import { call } from '../calls.js';

/** Time that passes only when everything that can happen now has happened. */
class EventClock implements Clock {
  #now = 0;
  readonly #timers: { readonly at: number; readonly ring: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = { at: this.#now + ms, ring: resolve };
      this.#timers.push(timer);
      signal?.addEventListener('abort', () => {
        const at = this.#timers.indexOf(timer);
        if (at !== -1) this.#timers.splice(at, 1);
        reject(new Error('aborted'));
      });
    });
  }

  /** Lets time pass until nothing is waited for any more. */
  async run(): Promise<void> {
    for (;;) {
      // Promises settle one after the other; a turn of the event loop settles all of them.
      await new Promise((resolve) => setImmediate(resolve));
      this.#timers.sort((a, b) => a.at - b.at);
      const next = this.#timers.shift();
      if (next === undefined) return;
      this.#now = next.at;
      next.ring();
    }
  }
}

interface ServerOptions {
  readonly limits: Readonly<Record<string, number>>;
  readonly total: number;
  /** Where in a period the server's windows begin, ms. */
  readonly phase: number;
  /** ms to the server and back again, one of these for each request. */
  readonly ways: readonly (readonly [there: number, back: number])[];
  readonly says?: boolean;
}

/** A server that counts requests in windows of a second of its own clock. */
function limitedServer(
  clock: EventClock,
  options: ServerOptions,
): { handle: Handler; arrivals: [number, string][] } {
  const { limits, total, phase, ways, says = true } = options;
  const arrivals: [number, string][] = [];
  let served = 0;
  const handle: Handler = async ({ path }) => {
    const [there, back] = ways[served++ % ways.length] ?? [0, 0];
    await clock.sleep(there);
    const now = clock.now();
    const window = (at: number): number => Math.floor((at + phase) / 1_000);
    const before = arrivals.filter(([at]) => window(at) === window(now));
    const used = before.filter(([, of]) => of === path).length;
    const limit = limits[path] ?? 100;
    const isRefused = used >= limit || before.length >= total;
    if (!isRefused) arrivals.push([now, path]);
    await clock.sleep(back);
    const headers: Record<string, string> = says
      ? {
          'x-ratelimit-limit': String(total),
          'x-ratelimit-remaining': String(Math.max(0, total - before.length - 1)),
          'x-ratelimit-reset': '0',
          'x-api-ratelimit-limit': String(limit),
          'x-api-ratelimit-remaining': String(Math.max(0, limit - used - 1)),
          'x-api-ratelimit-reset': String(1_000 - ((now + phase) % 1_000)),
          'x-api-ratelimit-refresh-period-seconds': '1',
        }
      : {};
    return { status: isRefused ? 429 : 200, headers, setCookie: [], body: '' } satisfies Reply;
  };
  return { handle, arrivals };
}

const LIST = '/api/vmm/v4.0/ahv/config/vms';
const TASK = '/api/prism/v4.0/config/tasks';
const to = (path: string, more: Partial<HttpCall> = {}): HttpCall => call({ path, ...more });
const tools = (clock: Clock): Parameters<typeof allowanceLayer>[0] => ({
  clock,
  server: 'pc:9440',
});

test('no request is refused for its number, whatever the limits, the ways and the windows of the server', async () => {
  const way = fc.tuple(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: 700 }));
  const options = fc.record({
    limits: fc.record({ [LIST]: fc.integer({ min: 1, max: 9 }), [TASK]: fc.integer({ min: 1, max: 40 }) }),
    total: fc.integer({ min: 2, max: 40 }),
    phase: fc.integer({ min: 0, max: 999 }),
    ways: fc.array(way, { minLength: 1, maxLength: 7 }),
  });
  const starts = fc.array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.constantFrom(LIST, TASK)), {
    minLength: 1,
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(options, starts, async (server, calls) => {
      const clock = new EventClock();
      const { handle } = limitedServer(clock, server);
      const send = allowanceLayer(tools(clock))(handle);
      // Limits of all requests together are told by the first answer, as by that of the sign-in.
      const first = send(to(LIST));
      await clock.run();
      const replies = calls.map(async ([at, path]) => {
        await clock.sleep(at);
        return await send(to(path));
      });
      await clock.run();
      const statuses = (await Promise.all([first, ...replies])).map(({ status }) => status);
      expect(statuses.filter((status) => status !== 200)).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('first come, first served, and other endpoints do not wait', async () => {
  const clock = new EventClock();
  const { handle, arrivals } = limitedServer(clock, {
    limits: { [LIST]: 2 },
    total: 40,
    phase: 0,
    ways: [[5, 5]],
  });
  const order: number[] = [];
  const send = allowanceLayer(tools(clock))(handle);
  const lists = [0, 1, 2, 3, 4, 5, 6].map(async (index) => {
    await send(to(LIST));
    order.push(index);
  });
  const task = send(to(TASK)).then(() => clock.now());
  await clock.run();
  await Promise.all(lists);
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(await task).toBe(10);
  // Two a second and the way there and back: seven take three seconds and a little.
  expect(arrivals.at(-2)?.[0]).toBeLessThan(3_100);
});

test('a server that names no limit is asked one thing first and then everything at once', async () => {
  const clock = new EventClock();
  const server = limitedServer(clock, { limits: {}, total: 100, phase: 0, ways: [[5, 5]], says: false });
  const send = allowanceLayer(tools(clock))(server.handle);
  const all = [1, 2, 3, 4].map(async () => await send(to(LIST)));
  await clock.run();
  await Promise.all(all);
  expect(server.arrivals.map(([at]) => at)).toEqual([5, 15, 15, 15]);
});

test.each<[string, Record<string, string>, number]>([
  ['Retry-After in seconds', { 'retry-after': '7' }, 7_000],
  [
    'Retry-After as a date, by the server’s clock',
    { 'retry-after': 'Sun, 29 Nov 2026 00:00:04 GMT', date: 'Sun, 29 Nov 2026 00:00:00 GMT' },
    4_000,
  ],
  ['30 s at most, whatever is asked for', { 'retry-after': '3600' }, 30_000],
  ['30 s at most, also where a timer could not wait for so long', { 'retry-after': '9'.repeat(20) }, 30_000],
  ['the rest of the period', { 'x-api-ratelimit-limit': '2', 'x-api-ratelimit-reset': '128' }, 128],
])('after a 429 the endpoint rests: %s', async (_what, headers, rest) => {
  const clock = new EventClock();
  const sent: number[] = [];
  const handle: Handler = async () => {
    sent.push(clock.now());
    await Promise.resolve();
    return {
      status: sent.length === 1 ? 429 : 200,
      headers: sent.length === 1 ? headers : {},
      setCookie: [],
      body: '',
    };
  };
  const send = allowanceLayer(tools(clock))(handle);
  await send(to(LIST));
  const second = send(to(LIST));
  await clock.run();
  await second;
  expect(sent).toEqual([0, rest]);
});

test.each(['3600', '9'.repeat(20)])('a period of %s seconds is taken for one of a minute', async (period) => {
  const clock = new EventClock();
  const sent: number[] = [];
  const handle: Handler = async () => {
    sent.push(clock.now());
    await Promise.resolve();
    const headers = {
      'x-api-ratelimit-limit': '1',
      'x-api-ratelimit-remaining': '0',
      'x-api-ratelimit-refresh-period-seconds': period,
    };
    return { status: 200, headers, setCookie: [], body: '' };
  };
  const send = allowanceLayer(tools(clock))(handle);
  await send(to(LIST));
  const second = send(to(LIST));
  await clock.run();
  await second;
  expect(sent).toEqual([0, 60_000]);
});

test('a call that is given up while it waits leaves the others their turn', async () => {
  const clock = new EventClock();
  const { handle, arrivals } = limitedServer(clock, {
    limits: { [LIST]: 1 },
    total: 40,
    phase: 0,
    ways: [[1, 1]],
  });
  const send = allowanceLayer(tools(clock))(handle);
  const first = send(to(LIST));
  await clock.run();
  await first;
  const stop = new AbortController();
  const reason = new OperationError({
    code: 'timeout',
    attempted: 'create VM "web-1"',
    problem: 'not done after 300 s',
  });
  const given = rejection(send(to(LIST, { signal: stop.signal })));
  const second = send(to(LIST));
  stop.abort(reason);
  await clock.run();
  await second;
  expect(String(await given)).toContain('was waiting for the rate limit of pc:9440 to let a request pass');
  expect(arrivals).toHaveLength(2);
});

test('what others have used up is not asked for', async () => {
  const clock = new EventClock();
  const sent: number[] = [];
  const handle: Handler = async () => {
    sent.push(clock.now());
    await Promise.resolve();
    const headers = {
      'x-api-ratelimit-limit': '20',
      'x-api-ratelimit-remaining': '0',
      'x-api-ratelimit-reset': '300',
    };
    return { status: 200, headers, setCookie: [], body: '' };
  };
  const send = allowanceLayer(tools(clock))(handle);
  await send(to(LIST));
  const second = send(to(LIST));
  await clock.run();
  await second;
  expect(sent).toEqual([0, 300]);
});
