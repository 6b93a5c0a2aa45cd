import { once } from 'node:events';
import { gob } from '../../src/gob/index.js';
import { Conversation, missing, repliesOf } from './conversation.js';
import { RequestBytes } from './exchange.js';

let talk: Conversation;
beforeEach(async () => {
  talk = await Conversation.start();
});
afterEach(() => talk.end());

describe('the end', () => {
  test('a client that closes its side still gets its replies', async () => {
    talk.client.socket.end(new RequestBytes().add('T.Slow').add('T.Beat').take());
    expect(await talk.repliesUntil(1)).toHaveLength(1);
    talk.slowCalls[0]?.finish('late');
    const replies = repliesOf(await talk.client.untilEnd());
    expect(replies.at(-1)).toMatchObject({ header: { Seq: 0 }, body: 'late' });
    await talk.server.served[0];
    expect(talk.server.errors).toEqual([]);
  });

  test('a header that cannot be read ends the reading, not the running calls', async () => {
    const nonsense = Uint8Array.of(3, 4, 0, 2);
    const behind = new RequestBytes().add('T.Beat').take();
    talk.client.socket.write(Buffer.concat([new RequestBytes().add('T.Slow').take(), nonsense, behind]));
    await talk.slowCallsBegun(1);
    talk.slowCalls[0]?.finish('still');
    const replies = repliesOf(await talk.client.untilEnd());
    expect(replies).toMatchObject([{ header: { Seq: 0 }, body: 'still' }]);
    talk.client.socket.end();
    await talk.server.served[0];
    expect(talk.server.errors).toMatchObject([{ fault: 'protocol' }]);
    expect(talk.seen).toEqual(['T.Slow']);
  });

  test.each([
    ['in a header', -20],
    ['between header and argument', -5],
  ])('a stream that stops %s is reported', async (_, length) => {
    talk.client.socket.end(new RequestBytes().add('T.Echo', gob.string, 'x').take().subarray(0, length));
    expect(await talk.client.untilEnd()).toHaveLength(0);
    await talk.server.served[0];
    expect(talk.server.errors).toMatchObject([{ fault: 'protocol' }]);
  });

  test('a client that does not close its side is left after a short time', async () => {
    await talk.end();
    talk = await Conversation.start({ lingerMs: 20 });
    talk.client.socket.write(Uint8Array.of(3, 4, 0, 2));
    await talk.client.untilEnd();
    await talk.server.served[0];
    expect(talk.server.sockets[0]?.destroyed).toBe(true);
  });

  test('a slow client gets everything, however short the time to close is', async () => {
    await talk.end();
    talk = await Conversation.start({ lingerMs: 10 });
    talk.client.socket.pause();
    const text = 'x'.repeat(8 * 1024 * 1024);
    const requests = new RequestBytes().add('T.Echo', gob.string, text).add('T.Echo', gob.string, text);
    talk.client.socket.end(requests.take());
    while (talk.seen.length === 0) await new Promise(setImmediate);
    await new Promise((resolve) => setTimeout(resolve, 50));
    let received = 0;
    talk.client.socket.removeAllListeners('data').on('data', (chunk: Buffer) => (received += chunk.length));
    await once(talk.client.socket.resume(), 'end');
    expect(received).toBeGreaterThan(2 * text.length);
  });

  test('a broken connection aborts what runs, and is over when that has ended', async () => {
    talk.client.socket.write(new RequestBytes().add('T.Slow').add('T.Slow').take());
    await talk.slowCallsBegun(2);
    const signal = talk.slowCalls[0]?.call.signal ?? missing();
    const aborted = once(signal, 'abort');
    talk.client.socket.resetAndDestroy();
    await aborted;
    expect(signal.reason).toMatchObject({ fault: 'connection' });
    // Asked for only now.
    expect(talk.slowCalls[1]?.call.signal.aborted).toBe(true);

    let isOver = false;
    const over = talk.server.served[0]?.then(() => (isOver = true));
    talk.slowCalls[0]?.finish('nobody reads this');
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    talk.slowCalls[1]?.fail(new Error('nor this'));
    await over;
    expect(isOver).toBe(true);
  });
});

test('a client that does not read its replies is not read from', async () => {
  const { socket } = talk.client;
  const served = talk.server.sockets[0] ?? missing();
  socket.removeAllListeners('data').pause();
  const text = 'x'.repeat(64 * 1024);
  const requests = new RequestBytes();
  // 64 MiB of replies are asked for.
  for (let i = 0; i < 1_000; i++) socket.write(requests.add('T.Echo', gob.string, text).take());
  while (!served.isPaused()) await new Promise(setImmediate);
  expect(talk.seen.length).toBeLessThan(900);
  expect(served.writableLength).toBeLessThan(1024 * 1024);

  let received = 0;
  socket.on('data', (chunk: Buffer) => (received += chunk.length)).end();
  await once(socket.resume(), 'end');
  expect(talk.seen).toHaveLength(1_000);
  expect(received).toBeGreaterThan(1_000 * text.length);
});
