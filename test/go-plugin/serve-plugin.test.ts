import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials, status, type ServiceError } from '@grpc/grpc-js';
import { servePlugin, type HostedProcess, type ServedPlugin } from '../../src/go-plugin/index.js';
import { makeCertificate } from '../../src/go-plugin/certificate.js';
import { protoFile, readInterface } from '../../src/grpc/index.js';
import type { LineSink } from '../../src/logging/index.js';
import type { OperationError } from '../../src/support/index.js';

const handshake = { cookie: { name: 'COOKIE', value: 'value' }, protocolVersion: 0 };
const options = { longs: 'numbers' } as const;
const health = readInterface(protoFile('health.proto'), options)('grpc.health.v1.Health').methods;
const SHUTDOWN = '/plugin.GRPCController/Shutdown';
const same = (bytes: Buffer): Buffer => bytes;
const EMPTY = Buffer.alloc(0);

interface Started {
  readonly exitCode: Promise<number>;
  readonly line: Promise<string>;
  readonly log: string[];
  readonly ends: OperationError[];
  signal(name: string): void;
  setParent(pid: number): void;
}

let folder: string;
const clients: Client[] = [];
/** A plugin that a test leaves behind ends at once. */
const left: { readonly exitCode: Promise<number>; readonly insist: () => void }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plugin-'));
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const { exitCode, insist } of left.splice(0)) {
    for (let i = 0; i < 3; i += 1) insist();
    await exitCode;
  }
  rmSync(folder, { recursive: true, force: true });
});

/** A plugin in this process, which ends when `end` allows it. */
function started(
  variables: Readonly<Record<string, string>>,
  { end, load }: { end?: () => Promise<void>; load?: () => Promise<ServedPlugin> } = {},
): Started {
  const log: string[] = [];
  const ends: OperationError[] = [];
  const sink: LineSink = {
    write: (line) => void log.push(line.toString()),
    flush: () => Promise.resolve(),
    broken: false,
  };
  let say: (line: string) => void = () => undefined;
  const line = new Promise<string>((resolve) => (say = resolve));
  let parent = 100;
  let onSignal: (name: string, number: number) => void = () => undefined;
  const own: HostedProcess = {
    environment: { PLUGIN_UNIX_SOCKET_DIR: folder, ...variables },
    network: 'unix',
    errors: () => sink,
    sayAddress: (text) => say(text),
    parent: () => parent,
    onSignal: (listener) => (onSignal = listener),
    onFault: () => undefined,
  };
  const served: ServedPlugin = {
    services: [],
    end: async (reason) => {
      ends.push(reason);
      await end?.();
    },
  };
  const exitCode = servePlugin({
    handshake,
    explain: () => Promise.resolve('This is a plugin.\n'),
    load: load ?? (() => Promise.resolve(served)),
    endLimitMs: 60_000,
    process: own,
  });
  left.push({ exitCode, insist: () => onSignal('SIGTERM', 15) });
  return {
    exitCode,
    line,
    log,
    ends,
    signal: (name) => onSignal(name, 15),
    setParent: (pid) => (parent = pid),
  };
}

function clientOf(line: string, secure = credentials.createInsecure()): Client {
  const [, , , path = ''] = line.split('|');
  const client = new Client(`unix:${path}`, secure, {
    'grpc.ssl_target_name_override': 'localhost',
    'grpc.default_authority': 'localhost',
  });
  clients.push(client);
  return client;
}

function call(client: Client, path: string, message: Buffer = EMPTY): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, same, same, message, (error: ServiceError | null, answer?: Buffer) =>
      error === null && answer !== undefined ? resolve(answer) : reject(error ?? new Error('no answer')),
    );
  });
}

test('without the cookie it tells a user what it is, and ends', async () => {
  const { exitCode, log } = started({});
  expect(await exitCode).toBe(1);
  expect(log).toEqual(['This is a plugin.\n']);
});

test.each([
  [{ PLUGIN_MIN_PORT: 'x' }, 'PLUGIN_MIN_PORT'],
  [{ PLUGIN_CLIENT_CERT: 'x' }, 'PLUGIN_CLIENT_CERT is no certificate'],
  [{ PLUGIN_UNIX_SOCKET_DIR: '/no/such/folder' }, '/no/such/folder'],
])('what a host says wrongly is logged, %j, and ends the plugin', async (variables, text) => {
  const { exitCode, log } = started({ COOKIE: 'value', ...variables });
  expect(await exitCode).toBe(1);
  expect(log.join('')).toContain('"@level":"error"');
  expect(log.join('')).toContain(text);
});

test('a plugin whose parts cannot be loaded ends, with the reason in the log and no socket', async () => {
  const load = (): Promise<never> => Promise.reject(new Error('a part is missing'));
  const { exitCode, log } = started({ COOKIE: 'value' }, { load });
  expect(await exitCode).toBe(1);
  expect(log.join('')).toContain('start the plugin: a part is missing');
  expect(readdirSync(folder)).toEqual([]);
});

test('the host is told of health, keeps its streams, and is answered when all has come to its end', async () => {
  let release: () => void = () => undefined;
  const plugin = started({ COOKIE: 'value' }, { end: () => new Promise((resolve) => (release = resolve)) });
  const client = clientOf(await plugin.line);
  const [check] = health;
  if (check === undefined) throw new Error('the interface has no Check');
  const asked = async (service: string): Promise<unknown> =>
    check.decodeAnswer(await call(client, check.path, check.encodeRequest({ service })));
  expect(await asked('plugin')).toEqual({ status: 'SERVING' });
  await expect(asked('other')).rejects.toMatchObject({ code: status.NOT_FOUND });
  await expect(call(client, '/grpc.reflection.v1.Other/Call')).rejects.toMatchObject({
    code: status.UNIMPLEMENTED,
  });

  const events: string[] = [];
  const stdio = client.makeServerStreamRequest('/plugin.GRPCStdio/StreamStdio', same, same, EMPTY);
  stdio.on('data', () => events.push('data'));
  const stdioEnded = new Promise<void>((resolve) =>
    stdio.on('end', () => resolve(void events.push('stdio'))),
  );
  const broker = client.makeBidiStreamRequest('/plugin.GRPCBroker/StartStream', same, same);
  const brokerEnded = new Promise<void>((resolve) =>
    broker.on('end', () => resolve(void events.push('broker'))),
  );
  broker.on('data', () => events.push('data'));
  const over = call(client, SHUTDOWN).then(() => events.push('answered'));
  // A call made after it is answered while the plugin still ends: nothing is cut off before.
  expect(await asked('plugin')).toEqual({ status: 'SERVING' });
  expect(plugin.ends.map(({ message }) => message)).toEqual(['serve the host: the host ends']);
  expect(events).toEqual([]);
  release();
  await Promise.all([over, stdioEnded, brokerEnded]);
  expect([...events].sort()).toEqual(['answered', 'broker', 'stdio']);
  expect(await plugin.exitCode).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
});

test('a broker stream that the host closes is closed', async () => {
  const plugin = started({ COOKIE: 'value' });
  const client = clientOf(await plugin.line);
  const broker = client.makeBidiStreamRequest('/plugin.GRPCBroker/StartStream', same, same);
  broker.on('data', () => undefined);
  const closed = new Promise<number>((resolve) => broker.on('status', ({ code }) => resolve(code)));
  broker.write(EMPTY);
  broker.end();
  expect(await closed).toBe(status.OK);
  await call(client, SHUTDOWN);
  expect(await plugin.exitCode).toBe(0);
});

test('an end that fails is logged, and ends the plugin all the same', async () => {
  const plugin = started({ COOKIE: 'value' }, { end: () => Promise.reject(new Error('it is stuck')) });
  await call(clientOf(await plugin.line), SHUTDOWN);
  expect(await plugin.exitCode).toBe(0);
  expect(plugin.log.join('')).toContain('end the plugin: it is stuck');
});

test('a third signal ends a plugin that does not come to its end', async () => {
  const plugin = started({ COOKIE: 'value' }, { end: () => new Promise(() => undefined) });
  await plugin.line;
  // The signals are listened to when the address has been said and the call below is answered.
  const client = clientOf(await plugin.line);
  await expect(call(client, '/no/Call')).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
  for (let i = 0; i < 3; i += 1) plugin.signal('SIGTERM');
  expect(await plugin.exitCode).toBe(143);
  expect(plugin.log.join('')).toContain('has not come to its end');
});

test('the end of the host ends the plugin in order', async () => {
  const plugin = started({ COOKIE: 'value' });
  await plugin.line;
  plugin.setParent(1);
  expect(await plugin.exitCode).toBe(1);
  expect(plugin.ends).toHaveLength(1);
  expect(readdirSync(folder)).toEqual([]);
});

describe('with mutual TLS', () => {
  const host = makeCertificate(new Date());
  const stranger = makeCertificate(new Date());
  let plugin: Started;
  let server: Buffer;
  beforeEach(async () => {
    plugin = started({ COOKIE: 'value', PLUGIN_CLIENT_CERT: host.certificate });
    const [, , , , , der = ''] = (await plugin.line).trim().split('|');
    const lines =
      Buffer.from(der, 'base64')
        .toString('base64')
        .match(/.{1,64}/g) ?? [];
    server = Buffer.from(`-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`);
  });
  afterEach(async () => {
    for (let i = 0; i < 2; i += 1) plugin.signal('SIGTERM');
    await plugin.exitCode;
  });

  test('the host that has the certificate is served', async () => {
    const secure = credentials.createSsl(server, Buffer.from(host.key), Buffer.from(host.certificate));
    await call(clientOf(await plugin.line, secure), SHUTDOWN);
    expect(await plugin.exitCode).toBe(0);
  });

  test.each([
    [
      'another certificate',
      () => credentials.createSsl(server, Buffer.from(stranger.key), Buffer.from(stranger.certificate)),
    ],
    ['no certificate', () => credentials.createSsl(server)],
    ['no TLS', () => credentials.createInsecure()],
  ])('a client with %s is not', async (_, secure) => {
    const refused = call(clientOf(await plugin.line, secure()), SHUTDOWN);
    await expect(refused).rejects.toMatchObject({ code: status.UNAVAILABLE });
    expect(plugin.ends).toEqual([]);
  });
});
