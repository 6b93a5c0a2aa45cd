import { once } from 'node:events';
import { ByteBudget, type ByteHolder } from '../../src/netrpc/byte-budget.js';
import { gob } from '../../src/gob/index.js';
import { emptyStruct, rpcMethod } from '../../src/netrpc/index.js';
import { repliesOf } from './conversation.js';
import { RequestBytes } from './exchange.js';
import { RawClient, startServer } from './loopback.js';

interface Holder extends ByteHolder {
  readonly problems: string[];
}

function holder(): Holder {
  const problems: string[] = [];
  return { problems, giveUp: (problem) => problems.push(problem) };
}

describe('a budget of bytes', () => {
  test('holds exactly what it says, and one byte more ends the greediest', () => {
    const budget = new ByteBudget(100);
    const [small, greedy] = [holder(), holder()];
    budget.note(greedy, 60);
    budget.note(small, 40);
    expect([budget.total, greedy.problems, small.problems]).toEqual([100, [], []]);
    budget.note(small, 41);
    expect(greedy.problems).toEqual([
      'ended: it holds 60 bytes of unanswered requests, and all connections together more than 100',
    ]);
    expect([budget.total, small.problems]).toEqual([41, []]);
  });

  test('counts what a holder has now, not what it ever had', () => {
    const budget = new ByteBudget(100);
    const one = holder();
    for (const bytes of [90, 10, 90, 0, 100]) budget.note(one, bytes);
    expect([budget.total, one.problems]).toEqual([100, []]);
  });

  test('ends as many as it takes', () => {
    const budget = new ByteBudget(100);
    const holders = [holder(), holder(), holder()];
    for (const one of holders) budget.note(one, 33);
    const [first] = holders;
    if (first !== undefined) budget.note(first, 200);
    expect(holders.map(({ problems }) => problems.length)).toEqual([1, 0, 0]);
    expect(budget.total).toBe(66);
  });
});

test('a server ends the connection that holds most, says so, and gives all bytes back when others end', async () => {
  const budget = new ByteBudget(100_000);
  const server = await startServer({}, { budget });
  // A message of 1 MiB is claimed, by three bytes after the first.
  const claim = Buffer.from([0xfd, 0x10, 0, 0]);
  const open = async (bytes: number): Promise<RawClient> => {
    const client = await RawClient.open(server.port);
    client.socket.write(Buffer.concat([claim, Buffer.alloc(bytes)]));
    return client;
  };
  const modest = await open(10);
  const greedy = await open(150_000);
  await greedy.untilEnd();
  expect(server.errors[0]?.message).toMatch(
    /ended: it holds \d+ bytes of unanswered requests, and all connections together more than 100000$/,
  );
  expect(modest.socket.readableEnded).toBe(false);
  const closed = once(modest.socket, 'close');
  modest.socket.destroy();
  await closed;
  await Promise.all(server.served);
  expect(budget.total).toBe(0);
  await server.close();
});

test('what was read counts until it is answered, so that calls that wait hold no more than the budget', async () => {
  const budget = new ByteBudget(100_000);
  const begun: string[] = [];
  const hold = rpcMethod(gob.string, emptyStruct, (text) => {
    begun.push(text);
    return new Promise<never>(() => undefined);
  });
  const server = await startServer({ T: { Hold: hold } }, { budget });
  const client = await RawClient.open(server.port);
  const requests = new RequestBytes();
  for (let i = 0; i < 20; i++) requests.add('T.Hold', gob.string, 'x'.repeat(10_000));
  client.socket.write(requests.take());
  await client.untilEnd();
  expect(server.errors[0]?.message).toMatch(/ended: it holds \d+ bytes of unanswered requests/);
  client.socket.destroy();
  await server.close();
});

test('a call that is answered counts no longer', async () => {
  const budget = new ByteBudget(100_000);
  const echo = rpcMethod(gob.string, emptyStruct, () => ({}));
  const server = await startServer({ T: { Drop: echo } }, { budget });
  const client = await RawClient.open(server.port);
  const requests = new RequestBytes();
  for (let i = 0; i < 20; i++) requests.add('T.Drop', gob.string, 'x'.repeat(10_000));
  client.socket.write(requests.take());
  await client.until((bytes) => repliesOf(bytes).length === 20);
  expect([budget.total, server.errors]).toEqual([0, []]);
  client.socket.destroy();
  await server.close();
});
