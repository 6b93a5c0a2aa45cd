import { Client, credentials, Server, ServerCredentials, status, type ServiceError } from '@grpc/grpc-js';
import {
  InstanceGroupService,
  type ConnectorSettings,
  type InstanceGroup,
} from '../../../src/fleeting/index.js';
import { protoFile, readInterface, type GrpcMethod } from '../../../src/grpc/index.js';
import { OperationError } from '../../../src/support/index.js';
import { NO_CONNECTOR } from '../no-connector.js';

const { methods } = readInterface(protoFile('instance_group.proto'), { longs: 'texts' })(
  'proto.InstanceGroup',
);
const same = (bytes: Buffer): Buffer => bytes;

/** A group that remembers its calls; what it answers is set by a test. */
class RememberingGroup implements InstanceGroup {
  readonly calls: unknown[][] = [];
  readonly signals: AbortSignal[] = [];
  failure: Error | undefined;
  connector: ConnectorSettings | undefined;

  init(...[config, connector]: Parameters<InstanceGroup['init']>): ReturnType<InstanceGroup['init']> {
    this.connector = connector;
    return this.#answer(['init', Buffer.from(config).toString()], {
      id: 'nutanix/ci',
      maxSize: 4_000_000_000,
      version: '1.2.3',
      buildInfo: 'runtime=test',
    });
  }

  update(...[report, { signal }]: Parameters<InstanceGroup['update']>): Promise<void> {
    this.signals.push(signal);
    for (const state of ['creating', 'running', 'deleting', 'deleted', 'timeout'] as const)
      report(`vm-${state}`, state);
    return this.#answer(['update'], undefined);
  }

  increase(count: number): Promise<number> {
    return this.#answer(['increase', count], count - 1);
  }

  decrease(instances: readonly string[]): Promise<readonly string[]> {
    return this.#answer(['decrease', ...instances], instances.slice(1));
  }

  connectInfo(instance: string): ReturnType<InstanceGroup['connectInfo']> {
    const connector = this.connector;
    if (connector === undefined) throw new Error('there is no connector yet');
    return this.#answer(['connectInfo', instance], {
      connector,
      externalAddress: '203.0.113.7',
      internalAddress: '10.0.0.7',
      expiresAt: 1_900_000_000,
    });
  }

  heartbeat(instance: string): Promise<void> {
    return this.#answer(['heartbeat', instance], undefined);
  }

  shutdown(): Promise<void> {
    return this.#answer(['shutdown'], undefined);
  }

  async #answer<T>(call: unknown[], value: T): Promise<T> {
    this.calls.push(call);
    if (this.failure !== undefined) throw this.failure;
    return await Promise.resolve(value);
  }
}

let group: RememberingGroup;
let service: InstanceGroupService;
let server: Server;
let client: Client;
let lines: string[];
let secrets: string[];

beforeEach(async () => {
  group = new RememberingGroup();
  lines = [];
  secrets = [];
  const log = (line: string): number => lines.push(line);
  const logger = { debug: log, info: log, warn: (line: string) => log(`WARN ${line}`) };
  service = new InstanceGroupService({ group, logger, onSecret: (secret) => secrets.push(secret) });
  server = new Server();
  const { definition, implementation } = service.offered();
  server.addService(definition, implementation);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
});

afterEach(() => {
  client.close();
  server.forceShutdown();
});

function methodOf(name: string): GrpcMethod {
  const method = methods.find((one) => one.name === name);
  if (method === undefined) throw new Error(`the interface has no call ${name}`);
  return method;
}

function call(name: string, request: object = {}): Promise<unknown> {
  const method = methodOf(name);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      method.path,
      same,
      same,
      method.encodeRequest(request),
      (error: ServiceError | null, bytes?: Buffer) =>
        error === null && bytes !== undefined
          ? resolve(method.decodeAnswer(bytes))
          : reject(error ?? new Error('nothing')),
    );
  });
}

function update(): Promise<{ readonly told: unknown[]; readonly code: number }> {
  const method = methodOf('Update');
  return new Promise((resolve) => {
    const told: unknown[] = [];
    const stream = client.makeServerStreamRequest(method.path, same, same, method.encodeRequest({}));
    stream.on('data', (bytes: Buffer) => told.push(method.decodeAnswer(bytes)));
    stream.on('error', () => undefined);
    stream.on('status', ({ code }) => resolve({ told, code }));
  });
}

/** What the runner says of sign-in, with numbers beyond what a float can hold. */
const CONNECTOR = {
  os: 'linux',
  arch: 'amd64',
  protocol: 'ssh',
  username: 'ci',
  password: 'a secret word',
  key: Buffer.from('a secret key'),
  useStaticCredentials: true,
  keepalive: '9007199254740993',
  timeout: '600000000000',
  protocolPort: '2222',
};

test('Init: what the runner says gets to the group, secrets are told first, and the answer is whole', async () => {
  expect(await call('Init', { config: Buffer.from('{}'), settings: { connectorConfig: CONNECTOR } })).toEqual(
    {
      id: 'nutanix/ci',
      maxSize: 4_000_000_000,
      version: '1.2.3',
      buildInfo: 'runtime=test',
    },
  );
  expect(group.calls).toEqual([['init', '{}']]);
  const { keepalive, timeout, ...others } = CONNECTOR;
  expect({ ...group.connector, key: Buffer.from(group.connector?.key ?? []) }).toEqual({
    ...others,
    protocolPort: 2222,
    keepaliveNs: BigInt(keepalive),
    timeoutNs: BigInt(timeout),
  });
  expect(secrets).toEqual(['a secret word', 'a secret key']);
});

test('Init without a connector_config has nothing set', async () => {
  await call('Init');
  expect(group.connector).toEqual(NO_CONNECTOR);
});

test('a refused Init is in the log as a whole, however long it is', async () => {
  const problem = 'a key is wrong; '.repeat(500);
  group.failure = new OperationError({ code: 'invalid-input', attempted: 'read plugin_config', problem });
  await expect(call('Init')).rejects.toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: expect.stringMatching(/^read plugin_config: a key is wrong; .* …$/) as string,
  });
  expect(lines).toContain(`WARN ${group.failure.message}`);
});

test('every other call gets to the group, and its answer back', async () => {
  await call('Init', { settings: { connectorConfig: CONNECTOR } });
  group.calls.length = 0;
  expect(await call('Increase', { n: 4 })).toEqual({ succeeded: 3 });
  expect(await call('Decrease', { instances: ['a', 'b', 'c'] })).toEqual({ succeeded: ['b', 'c'] });
  expect(await call('ConnectInfo', { instance: 'a' })).toEqual({
    connector: CONNECTOR,
    ExternalAddr: '203.0.113.7',
    InternalAddr: '10.0.0.7',
    expires: '1900000000',
  });
  expect(await call('Heartbeat', { instance: 'a' })).toEqual({});
  expect(await call('Shutdown')).toEqual({});
  expect(group.calls).toEqual([
    ['increase', 4],
    ['decrease', 'a', 'b', 'c'],
    ['connectInfo', 'a'],
    ['heartbeat', 'a'],
    ['shutdown'],
  ]);
});

test('Update tells every state by its number, and an error after what was told', async () => {
  const states = ['creating', 'running', 'deleting', 'deleted', 'timeout'];
  const told = states.map((state) => ({ instance: `vm-${state}`, state }));
  expect(await update()).toEqual({ told, code: status.OK });
  group.failure = new OperationError({ code: 'unreachable', attempted: 'list', problem: 'no way' });
  expect(await update()).toEqual({ told, code: status.UNAVAILABLE });
});

test.each(['Increase', 'Decrease', 'ConnectInfo', 'Heartbeat', 'Shutdown'])(
  '%s: an error is a status with its text, never UNIMPLEMENTED, which would be success',
  async (name) => {
    await call('Init');
    group.failure = new OperationError({ code: 'unsupported', attempted: 'do it', problem: 'not here' });
    await expect(call(name)).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: 'do it: not here',
    });
  },
);

test('bytes that are no message are refused', async () => {
  const refused = new Promise((_, reject) => {
    client.makeUnaryRequest('/proto.InstanceGroup/Decrease', same, same, Buffer.from([0x0f]), (error) =>
      reject(error ?? new Error('nothing')),
    );
  });
  await expect(refused).rejects.toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: 'read the request of Decrease: the bytes are no such message',
  });
  expect(group.calls).toEqual([]);
});

test('the end aborts the calls under way, and shuts the group down', async () => {
  await update();
  const [signal] = group.signals;
  expect(signal?.aborted).toBe(false);
  const reason = new OperationError({ code: 'cancelled', attempted: 'serve', problem: 'it ends' });
  await service.end(reason);
  expect(signal?.reason).toBe(reason);
  expect(group.calls.at(-1)).toEqual(['shutdown']);
});
