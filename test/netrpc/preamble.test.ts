import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { gob } from '../../src/gob/index.js';
import { emptyStruct, rpcMethod, type RpcServices } from '../../src/netrpc/index.js';
import { repliesIn, RequestBytes } from './exchange.js';
import { OPENED, OPENING, RawClient, startServer, type LoopbackServer } from './loopback.js';

const services: RpcServices = {
  Name: { Get: rpcMethod(emptyStruct, gob.string, () => 'web-1') },
};

const { cases } = z
  .object({ cases: z.array(z.object({ requestHex: z.string(), request: z.string(), reply: z.string() })) })
  .parse(JSON.parse(readFileSync(join(__dirname, '../golden/http-preamble.json'), 'utf8')));

let server: LoopbackServer;
beforeEach(async () => {
  server = await startServer(services, { limits: { maxPreambleBytes: 300, preambleTimeoutMs: 10_000 } });
});
afterEach(() => server.close());

/** What the server says to `bytes`, which are all that the client sends. */
async function answerTo(
  bytes: Uint8Array,
  pieces: (bytes: Uint8Array) => Uint8Array[] = (all) => [all],
): Promise<string> {
  const client = await RawClient.connect(server.port);
  for (const piece of pieces(bytes)) await new Promise((resolve) => client.socket.write(piece, resolve));
  client.socket.end();
  return (await client.untilEnd()).toString('latin1').replace(/Date: [^\r]+/, 'Date: (any)');
}

const byteByByte = (bytes: Uint8Array): Uint8Array[] => Array.from(bytes, (byte) => Uint8Array.of(byte));

describe('openings that a Go server was given', () => {
  // A list of methods for whoever asks is not offered here.
  const rows = cases
    .filter(({ request }) => !request.startsWith('GET /debug/rpc'))
    .map((row): [string, typeof row] => [JSON.stringify(row.request), row]);

  test.each(rows)('%s', async (_, { requestHex, reply }) => {
    const request = Buffer.from(requestHex, 'hex');
    expect(await answerTo(request)).toBe(reply);
    expect(await answerTo(request, byteByByte)).toBe(reply);
  });

  test('all of them but one', () => expect(rows).toHaveLength(12));
});

describe('other openings', () => {
  test.each([
    ['GET /debug/rpc HTTP/1.0\r\n\r\n', 'HTTP/1.0 404 Not Found'],
    ['GET http://localhost/_goRPC_ HTTP/1.1\r\nHost: x\r\n\r\n', 'HTTP/1.1 405 Method Not Allowed'],
    ['CONNECT /_goRPC_ HTTP/2.0\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['CONNECT /_goRPC_\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['CONNECT /_goRPC_ HTTP/1.0\r\nno colon here\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['CONNECT /_goRPC_ HTTP/1.0\r\nX: y', 'HTTP/1.1 400 Bad Request'],
    [
      `CONNECT /_goRPC_ HTTP/1.0\r\nX: ${'y'.repeat(300)}\r\n\r\n`,
      'HTTP/1.1 431 Request Header Fields Too Large',
    ],
    [`CONNECT /${'y'.repeat(400)}`, 'HTTP/1.1 431 Request Header Fields Too Large'],
    ['connect /_goRPC_ HTTP/1.0\n\n', 'HTTP/1.0 405 Method Not Allowed'],
    ['', ''],
  ])('%j', async (request, status) => {
    const answer = await answerTo(Buffer.from(request, 'latin1'));
    expect(answer.split('\r\n', 1)).toEqual([status]);
    expect(server.errors.length).toBe(1);
  });

  test('a TLS handshake is answered without waiting for more', async () => {
    const client = await RawClient.connect(server.port);
    client.socket.write(Uint8Array.of(0x16, 0x03, 0x01));
    expect((await client.untilEnd()).toString()).toContain('400 Bad Request');
    client.socket.end();
    await server.served[0];
  });

  test('too much is refused before it is complete', async () => {
    const client = await RawClient.connect(server.port);
    client.socket.write('X'.repeat(301));
    expect((await client.untilEnd()).toString()).toContain('431');
  });
});

test('who says nothing is not waited for', async () => {
  const impatient = await startServer(services, { limits: { preambleTimeoutMs: 20, lingerMs: 20 } });
  const client = await RawClient.connect(impatient.port);
  expect(await client.untilEnd()).toHaveLength(0);
  await impatient.served[0];
  expect(impatient.errors).toMatchObject([{ fault: 'protocol' }]);
  await impatient.close();
});

test('a connection that another process has opened is asked for no opening, and not ended for the lack of one', async () => {
  const opened = await startServer(services, { isOpened: true, limits: { preambleTimeoutMs: 1 } });
  const client = await RawClient.connect(opened.port);
  // Begun later and not shorter, so it ends later.
  await new Promise((resolve) => setTimeout(resolve, 5));
  client.socket.end(new RequestBytes().add('Name.Get').take());
  const replies = repliesIn(await client.untilEnd(), () => gob.string);
  expect(replies).toEqual([{ header: { ServiceMethod: 'Name.Get', Seq: 0, Error: '' }, body: 'web-1' }]);
  expect(opened.errors).toEqual([]);
  await opened.close();
});

describe('requests that come with the opening', () => {
  const opening = Buffer.from(OPENING);
  const request = new RequestBytes().add('Name.Get').take();

  test.each([
    ['in one piece', (all: Uint8Array) => [all]],
    ['byte by byte', byteByByte],
    ['cut inside the opening', (all: Uint8Array) => [all.subarray(0, 9), all.subarray(9)]],
    ['cut inside the request', (all: Uint8Array) => [all.subarray(0, 40), all.subarray(40)]],
  ])('%s', async (_, pieces) => {
    const answer = Buffer.from(await answerTo(Buffer.concat([opening, request]), pieces), 'latin1');
    expect(answer.subarray(0, OPENED.length).toString()).toBe(OPENED);
    const replies = repliesIn(answer.subarray(OPENED.length), () => gob.string);
    expect(replies).toEqual([{ header: { ServiceMethod: 'Name.Get', Seq: 0, Error: '' }, body: 'web-1' }]);
    expect(server.errors).toEqual([]);
  });
});
