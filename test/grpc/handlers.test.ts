import { Client, credentials, Server, ServerCredentials, status, type ServiceError } from '@grpc/grpc-js';
import {
  callError,
  readInterface,
  shutDownServer,
  streamingHandler,
  unaryHandler,
} from '../../src/grpc/index.js';
import { OperationError } from '../../src/support/index.js';

const INTERFACE = `
  syntax = "proto3";
  package test;
  service Echo {
    rpc One(Text) returns (Text);
    rpc Many(Text) returns (stream Text);
  }
  message Text {
    string text = 1;
    int64 number = 2;
    State state = 3;
    repeated string more = 4;
    enum State { NO = 0; YES = 1; }
  }
`;
const service = readInterface(INTERFACE, { longs: 'texts' })('test.Echo');
const [one, many] = service.methods;
if (one === undefined || many === undefined) throw new Error('the interface is not whole');

const errorOf = (thrown: unknown): ReturnType<typeof callError> =>
  callError(thrown, status.FAILED_PRECONDITION);
const same = (bytes: Buffer): Buffer => bytes;
/** What the handlers below do, by the text of the request. */
const heard: string[] = [];
let release: () => void;
let held: Promise<void>;
let server: Server;
let client: Client;

beforeEach(async () => {
  heard.length = 0;
  held = new Promise((resolve) => (release = resolve));
  server = new Server();
  server.addService(service.definition, {
    One: unaryHandler('One', async (bytes, signal) => await answer(bytes, signal), errorOf),
    Many: streamingHandler(
      'Many',
      async (bytes, send, signal) => {
        send(many.encodeAnswer({ text: 'first' }));
        send(await answer(bytes, signal));
      },
      errorOf,
    ),
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
});

afterEach(async () => {
  client.close();
  await shutDownServer(server);
});

function answer(bytes: Uint8Array, signal: AbortSignal): Promise<Buffer> {
  const { text } = one?.decodeRequest(bytes) as { text: string };
  const problem = 'of ours';
  if (text === 'throw') throw new OperationError({ code: 'not-found', attempted: 'find it', problem });
  if (text === 'reject') return Promise.reject(new Error('at last'));
  // eslint would rather have an Error thrown; libraries throw what they like.
  if (text === 'odd') return Promise.reject(Object.create(null) as Error);
  if (text === 'hold') {
    signal.addEventListener('abort', () => {
      heard.push(signal.reason instanceof OperationError ? signal.reason.message : 'something else');
      release();
    });
    return held.then(() => Buffer.alloc(0));
  }
  return Promise.resolve(many?.encodeAnswer({ text }) ?? Buffer.alloc(0));
}

function unary(text: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      '/test.Echo/One',
      same,
      same,
      one?.encodeRequest({ text }) ?? Buffer.alloc(0),
      (error: ServiceError | null, bytes?: Buffer) =>
        error === null && bytes !== undefined
          ? resolve(one?.decodeAnswer(bytes))
          : reject(error ?? new Error('nothing')),
    );
  });
}

function stream(
  text: string,
): Promise<{ readonly texts: string[]; readonly code: number | undefined; readonly details: string }> {
  return new Promise((resolve) => {
    const texts: string[] = [];
    const call = client.makeServerStreamRequest(
      '/test.Echo/Many',
      same,
      same,
      many?.encodeRequest({ text }) ?? Buffer.alloc(0),
    );
    call.on('data', (bytes: Buffer) => texts.push((many?.decodeAnswer(bytes) as { text: string }).text));
    call.on('error', () => undefined);
    call.on('status', ({ code, details }) => resolve({ texts, code, details }));
  });
}

test('a message has all its fields, 64-bit numbers as texts, enumerations by name', async () => {
  expect(await unary('hello')).toEqual({ text: 'hello', number: '0', state: 'NO', more: [] });
  const bytes = one.encodeRequest({ number: '9007199254740993', state: 'YES' });
  expect(one.decodeRequest(bytes)).toMatchObject({ number: '9007199254740993', state: 'YES' });
  expect(() => one.decodeRequest(Buffer.from([0x0f]))).toThrow();
  // A text that says it has 127 bytes, of which none follows.
  expect(() => one.decodeRequest(Buffer.from([0x0a, 0x7f]))).toThrow();
  expect([one.path, many.responseStream]).toEqual(['/test.Echo/One', true]);
});

test('a service that the text has not is an error', () => {
  expect(() => readInterface(INTERFACE, { longs: 'texts' })('test.Other')).toThrow();
});

test.each([
  ['throw', status.NOT_FOUND, 'find it: of ours'],
  ['reject', status.INTERNAL, 'answer the call: at last'],
  ['odd', status.INTERNAL, 'answer the call: something without a text was thrown'],
])('what a handler does wrong (%s) is a status with its text', async (text, code, details) => {
  await expect(unary(text)).rejects.toMatchObject({ code, details });
  expect(await stream(text)).toEqual({ texts: ['first'], code, details });
});

test('a stream ends when all was sent', async () => {
  expect(await stream('second')).toEqual({
    texts: ['first', 'second'],
    code: status.OK,
    details: expect.anything() as string,
  });
});

test.each(['One', 'Many'])('a client that gives up aborts the signal of %s', async (name) => {
  const request = one.encodeRequest({ text: 'hold' });
  const call =
    name === 'One'
      ? client.makeUnaryRequest('/test.Echo/One', same, same, request, () => undefined)
      : client.makeServerStreamRequest('/test.Echo/Many', same, same, request);
  call.on('error', () => undefined);
  call.on('data', () => undefined);
  // Another call is answered after the first one has begun: both are on one connection.
  expect(await unary('hello')).toMatchObject({ text: 'hello' });
  call.cancel();
  await held;
  expect(heard).toEqual([`answer ${name}: the client has given the call up`]);
});
