import type { Credentials } from '../../../../src/provider/index.js';
import { recogniseKey } from '../../../../src/prism/http/session/credentials.js';
import type { HttpCall, Handler, Reply } from '../../../../src/prism/http/exchange.js';
import { NoAnswer, noAnswerBehind, HttpRefusal } from '../../../../src/prism/http/failure.js';
import { sessionLayer } from '../../../../src/prism/http/session/session.js';
import { OperationError } from '../../../../src/support/index.js';
import { rejection } from '../../fixtures.js';
import { call, reply, scripted } from '../calls.js';

const password: Credentials = { kind: 'password', username: 'admin', password: 'pä:ss' };
const BASIC = `Basic ${Buffer.from('admin:pä:ss').toString('base64')}`;

function session(next: Handler, credentials: Credentials = password): Handler {
  const refusalFrom = ({ status, body }: Reply): HttpRefusal => new HttpRefusal(status, [], body);
  return sessionLayer({ credentials, server: 'pc.test:9440', refusalFrom })(next);
}

function proofs(seen: readonly HttpCall[]): (string | undefined)[] {
  return seen.map(
    ({ headers }) => headers?.['authorization'] ?? headers?.['cookie'] ?? headers?.['x-ntnx-api-key'],
  );
}

const cookie = (value: string): Partial<Reply> => ({ setCookie: [`S=${value}; Path=/`] });
const denied = reply(401, { body: 'Authentication required.' });

test('Basic once, then cookies only, renewed by every answer', async () => {
  const next = scripted(reply(200, cookie('1')), reply(200, cookie('2')), reply(404));
  const send = session(next);
  for (let i = 0; i < 3; i += 1) await send(call());
  expect(proofs(next.seen)).toEqual([BASIC, 'S=1', 'S=2']);
  expect(next.seen[1]?.headers).not.toHaveProperty('authorization');
});

test('without cookies from the server, Basic goes with every request', async () => {
  const next = scripted(reply(200), reply(200));
  const send = session(next);
  await send(call());
  await send(call());
  expect(proofs(next.seen)).toEqual([BASIC, BASIC]);
});

test('an ended session is renewed once, and the refused call is sent again', async () => {
  const next = scripted(reply(200, cookie('1')), denied, reply(200, cookie('2')), reply(200));
  const send = session(next);
  await send(call());
  const post = call({ method: 'POST', repeatable: false });
  expect(await send(post)).toMatchObject({ status: 200 });
  await send(call());
  expect(proofs(next.seen)).toEqual([BASIC, 'S=1', BASIC, 'S=2']);
  expect(next.seen.slice(1, 3).map(({ method }) => method)).toEqual(['POST', 'POST']);
});

test('refused credentials are never sent again', async () => {
  const next = scripted(denied);
  const send = session(next);
  const first = await rejection(send(call({ attempted: 'look up cluster "a"' })));
  const second = await rejection(send(call({ attempted: 'look up image "b"' })));
  expect(next.seen).toHaveLength(1);
  expect(first).toMatchObject({ code: 'unauthenticated', attempted: 'look up cluster "a"' });
  expect(second).toMatchObject({ code: 'unauthenticated', attempted: 'look up image "b"' });
  const message = first instanceof OperationError ? first.message : '';
  expect(message).toContain('pc.test:9440 refused user "admin" (HTTP 401): Authentication required.');
  expect(message).not.toContain('pä:ss');
});

test('credentials that are refused at renewal are not sent again either', async () => {
  const next = scripted(reply(200, cookie('1')), denied, denied);
  const send = session(next);
  await send(call());
  expect(await rejection(send(call()))).toMatchObject({ code: 'unauthenticated' });
  expect(await rejection(send(call()))).toMatchObject({ code: 'unauthenticated' });
  expect(proofs(next.seen)).toEqual([BASIC, 'S=1', BASIC]);
});

test('a key goes alone: no Authorization, no cookies', async () => {
  const next = scripted(reply(200, cookie('1')), reply(200));
  const send = session(next, { kind: 'api-key', key: 'k-1' });
  await send(call());
  await send(call());
  expect(proofs(next.seen)).toEqual(['k-1', 'k-1']);
  expect(next.seen[1]?.headers).toEqual({ 'x-ntnx-api-key': 'k-1' });
});

test('a refused key is named as such', async () => {
  const send = session(scripted(denied), { kind: 'api-key', key: 'k-1' });
  const error = await rejection(send(call()));
  expect(error).toMatchObject({ problem: expect.stringContaining('refused the API key') as string });
  expect(String(error)).not.toContain('k-1');
});

test('a key with a line end at its end is meant without; inside it is none', async () => {
  const next = scripted(reply(200));
  await session(next, { kind: 'api-key', key: 'k-1\n' })(call());
  expect(proofs(next.seen)).toEqual(['k-1']);
  for (const key of ['k\r\nx-evil: 1', '', ' ', 'schlüssel']) {
    const error = await rejection(session(scripted(), { kind: 'api-key', key })(call()));
    expect(error).toMatchObject({ code: 'invalid-input' });
    expect(String(error)).not.toContain('evil');
  }
});

test('the official convention: with this user name the password is a key', () => {
  const password = 'k-1';
  for (const username of ['X-ntnx-api-key', 'x-NTNX-api-KEY']) {
    expect(recogniseKey({ kind: 'password', username, password })).toEqual({
      kind: 'api-key',
      key: password,
    });
  }
  const ordinary = { kind: 'password', username: 'admin', password } as const;
  expect(recogniseKey(ordinary)).toBe(ordinary);
});

/** A handler whose answers are given one by one by the test. */
function held(): Handler & {
  readonly waiting: { call: HttpCall; answer: (reply: Reply | Error) => void }[];
} {
  const waiting: { call: HttpCall; answer: (reply: Reply | Error) => void }[] = [];
  const handler: Handler = (asked) =>
    new Promise((resolve, reject) => {
      const answer = (given: Reply | Error): void => {
        if (given instanceof Error) reject(given);
        else resolve(given);
      };
      waiting.push({ call: asked, answer });
    });
  return Object.assign(handler, { waiting });
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('requests that start together', () => {
  test('one signs in, the others wait for its cookies', async () => {
    const next = held();
    const send = session(next);
    const all = Promise.all([send(call()), send(call()), send(call())]);
    await turn();
    expect(next.waiting).toHaveLength(1);
    next.waiting[0]?.answer(reply(200, cookie('1')));
    await turn();
    expect(proofs(next.waiting.map((one) => one.call))).toEqual([BASIC, 'S=1', 'S=1']);
    next.waiting.slice(1).forEach(({ answer }) => answer(reply(200)));
    expect((await all).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test('wrong credentials are shown once', async () => {
    const next = held();
    const send = session(next);
    const all = Promise.all([rejection(send(call())), rejection(send(call())), rejection(send(call()))]);
    await turn();
    next.waiting[0]?.answer(denied);
    const codes = (await all).map((error) => (error instanceof OperationError ? error.code : error));
    expect(codes).toEqual(['unauthenticated', 'unauthenticated', 'unauthenticated']);
    expect(next.waiting).toHaveLength(1);
  });

  test('an ended session is renewed by one of them, also when a 401 comes late', async () => {
    const next = held();
    const send = session(next);
    const first = send(call());
    await turn();
    next.waiting[0]?.answer(reply(200, cookie('1')));
    await first;
    const all = Promise.all([send(call()), send(call()), send(call())]);
    await turn();
    next.waiting[1]?.answer(denied);
    next.waiting[2]?.answer(denied);
    await turn();
    next.waiting[4]?.answer(reply(200, cookie('2')));
    await turn();
    next.waiting[3]?.answer(denied);
    await turn();
    expect(proofs(next.waiting.map((one) => one.call))).toEqual([
      BASIC,
      'S=1',
      'S=1',
      'S=1',
      BASIC,
      'S=2',
      'S=2',
    ]);
    next.waiting.slice(5).forEach(({ answer }) => answer(reply(200)));
    expect((await all).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test('no answer for the one that signs in is no answer for all, who have sent nothing', async () => {
    const next = held();
    const send = session(next);
    const cause = new NoAnswer('slow', true);
    const lost = new OperationError({ code: 'unreachable', attempted: 'first', problem: 'silence', cause });
    const all = Promise.all([rejection(send(call())), rejection(send(call({ attempted: 'second' })))]);
    await turn();
    next.waiting[0]?.answer(lost);
    const [first, second] = await all;
    expect(first).toBe(lost);
    expect(second).toMatchObject({ code: 'unreachable', attempted: 'second', problem: 'silence' });
    expect(noAnswerBehind(second)).toMatchObject({ kind: 'slow', sent: false });
    expect(next.waiting).toHaveLength(1);
  });

  test('when the one that signs in fails otherwise, the next one tries', async () => {
    const next = held();
    const send = session(next);
    const failing = rejection(send(call()));
    const waiting = send(call());
    await turn();
    next.waiting[0]?.answer(new Error('broken'));
    expect(await failing).toMatchObject({ message: 'broken' });
    await turn();
    next.waiting[1]?.answer(reply(200));
    expect(await waiting).toMatchObject({ status: 200 });
    expect(proofs(next.waiting.map((one) => one.call))).toEqual([BASIC, BASIC]);
  });

  test('a gateway error says nothing of the credentials', async () => {
    const next = scripted(reply(503), reply(200, cookie('1')), reply(200));
    const send = session(next);
    for (let i = 0; i < 3; i += 1) await send(call());
    expect(proofs(next.seen)).toEqual([BASIC, BASIC, 'S=1']);
  });

  test('a call that is given up while it waits ends at once', async () => {
    const next = held();
    const send = session(next);
    const first = send(call());
    const controller = new AbortController();
    const reason = new OperationError({ code: 'cancelled', attempted: 'a', problem: 'b' });
    const given = rejection(send(call({ signal: controller.signal })));
    await turn();
    controller.abort(reason);
    expect(await given).toMatchObject({
      code: 'cancelled',
      problem: 'b; was waiting for pc.test:9440 to let us sign in',
      cause: reason,
    });
    next.waiting[0]?.answer(reply(200));
    await first;
    expect(next.waiting).toHaveLength(1);
  });
});
