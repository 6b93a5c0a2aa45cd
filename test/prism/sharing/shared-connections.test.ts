import type { HttpClient } from '../../../src/prism/http/index.js';
import { SharedConnections } from '../../../src/prism/sharing/index.js';
import type { Connection } from '../../../src/provider/index.js';
import { OperationError, silentLogger, systemClock, type ErrorCode } from '../../../src/support/index.js';

const CONNECTION: Connection = {
  host: 'pc.example',
  port: 9440,
  credentials: { kind: 'password', username: 'admin', password: 'first' },
  trust: { kind: 'system' },
};

const TOOLS = {
  logger: silentLogger,
  clock: systemClock,
  userAgent: 'test/1',
  readErrorBody: () => ({ reasons: [], text: '' }),
  environment: { https_proxy: 'http://proxy.example:3128', LANG: 'C' },
};

const CALL = {
  method: 'GET',
  path: '/',
  repeatable: true,
  attempted: 'read',
  signal: new AbortController().signal,
} as const;

/** Connections of which is known how many were made and closed; each request fails with the code of the moment. */
class Clients {
  made = 0;
  closed = 0;
  code: ErrorCode | undefined;

  readonly create = (): HttpClient => {
    this.made += 1;
    return {
      server: 'pc.example:9440',
      send: async () => {
        await Promise.resolve();
        if (this.code === undefined) return { status: 200, headers: {}, setCookie: [], json: {} };
        throw new OperationError({ code: this.code, attempted: 'ask', problem: 'refused' });
      },
      close: () => {
        this.closed += 1;
      },
    };
  };
}

function setUp(): {
  clients: Clients;
  open: (
    connection?: Partial<Connection>,
    tools?: Partial<typeof TOOLS>,
    store?: string,
  ) => ReturnType<SharedConnections['open']>;
} {
  const clients = new Clients();
  const shared = new SharedConnections(systemClock, () => 2);
  return {
    clients,
    open: (connection = {}, tools = {}, store = '/store') =>
      shared.open({ ...CONNECTION, ...connection }, { ...TOOLS, ...tools }, store, clients.create),
  };
}

test('sessions share a connection until the last one closes it, each once', () => {
  const { clients, open } = setUp();
  const [first, second] = [open(), open({}, { environment: { ...TOOLS.environment, LANG: 'de' } })];
  expect(first.readsFor('v4')).toBe(second.readsFor('v4'));
  expect(first.readsFor('v4')).not.toBe(first.readsFor('v3'));
  first.http.close();
  first.http.close();
  expect(clients).toMatchObject({ made: 1, closed: 0 });
  second.http.close();
  expect(clients).toMatchObject({ made: 1, closed: 1 });
  open();
  expect(clients.made).toBe(2);
});

test.each<[string, Parameters<ReturnType<typeof setUp>['open']>]>([
  ['another password', [{ credentials: { kind: 'password', username: 'admin', password: 'second' } }]],
  ['another trust', [{ trust: { kind: 'insecure' } }]],
  ['another server', [{ host: 'other.example' }]],
  ['another port', [{ port: 443 }]],
  ['another API', [{ api: 'v3' }]],
  ['another proxy', [{ proxyUrl: 'http://other.example:3128' }]],
  ['another proxy of the environment', [{}, { environment: { ...TOOLS.environment, https_proxy: '' } }]],
  ['another store', [{}, {}, '/elsewhere']],
])('%s is another connection, with reads of its own', (_, other) => {
  const { clients, open } = setUp();
  const [first, second] = [open(), open(...other)];
  expect(clients.made).toBe(2);
  expect(first.readsFor('v4')).not.toBe(second.readsFor('v4'));
});

test.each(['unauthenticated', 'untrusted-certificate'] as const)(
  'a connection that was refused (%s) is taken by no later session',
  async (code) => {
    const { clients, open } = setUp();
    const before = open();
    clients.code = code;
    await expect(before.http.send(CALL)).rejects.toMatchObject({ code });
    open();
    expect(clients).toMatchObject({ made: 2, closed: 0 });
    before.http.close();
    expect(clients.closed).toBe(1);
  },
);

test('an answer that is no refusal leaves it as it is', async () => {
  const { clients, open } = setUp();
  const session = open();
  clients.code = 'not-found';
  await expect(session.http.send(CALL)).rejects.toThrow();
  open();
  expect(clients.made).toBe(1);
});
