import { once } from 'node:events';
import { ByteBudget, type ByteHolder } from '../../src/netrpc/byte-budget.js';
import { RawClient, startServer } from './loopback.js';

interface Holder extends ByteHolder {
  readonly problems: string[];
}

function holder(): Holder {
  const problems: string[] = [];
  return { problems, giveUp: (problem) => problems.push(problem) };
}

describe('a budget of unread bytes', () => {
  test('holds exactly what it says, and one byte more ends the greediest', () => {
    const budget = new ByteBudget(100);
    const [small, greedy] = [holder(), holder()];
    budget.note(greedy, 60);
    budget.note(small, 40);
    expect([budget.total, greedy.problems, small.problems]).toEqual([100, [], []]);
    budget.note(small, 41);
    expect(greedy.problems).toEqual([
      'ended: it holds 60 unread bytes, and all connections together more than 100',
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
    /ended: it holds \d+ unread bytes, and all connections together more than 100000$/,
  );
  expect(modest.socket.readableEnded).toBe(false);
  const closed = once(modest.socket, 'close');
  modest.socket.destroy();
  await closed;
  await Promise.all(server.served);
  expect(budget.total).toBe(0);
  await server.close();
});
