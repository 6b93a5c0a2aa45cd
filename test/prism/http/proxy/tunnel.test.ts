import { createHttpClient, noAnswerBehind } from '../../../../src/prism/http/index.js';
import type { Connection } from '../../../../src/provider/index.js';
import { silentLogger } from '../../../../src/support/index.js';
import { selfSigned } from '../../certificate.js';
import { FastClock, rejection } from '../../fixtures.js';
import { closed, connectProxy, hostileServer, portOf } from '../../hostile-server.js';
import { oddProxy, ODD_PROXIES, type OddProxy } from './odd-proxies.js';

const certificate = selfSigned({ ips: ['127.0.0.1'] });
const target: Connection = {
  host: 'pc.test',
  port: 9440,
  credentials: { kind: 'password', username: 'u', password: 'p' },
  trust: { kind: 'fingerprint', sha256: certificate.fingerprint },
};

/** Limits that are not to be reached, however busy the computer is. */
function clientFor(connection: Connection) {
  return createHttpClient(connection, {
    logger: silentLogger,
    clock: new FastClock(),
    userAgent: 'test/1',
    readErrorBody: (text) => ({ reasons: [], text }),
    limits: { answerMs: 120_000, answerBytes: 100_000, connectMs: 60_000 },
    settingNames: {
      fingerprint: '--pin',
      authorities: '--ca',
      insecure: '--unsafe',
      proxy: '--proxy',
      api: '--api',
    },
  });
}

const call = () =>
  ({
    method: 'GET',
    path: '/ok',
    repeatable: true,
    attempted: 'do something',
    signal: new AbortController().signal,
  }) as const;

const atEnd: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  for (const end of atEnd.splice(0)) await end();
});

test('requests share one tunnel, with the proxy’s own credentials', async () => {
  const server = await hostileServer(certificate, '127.0.0.1');
  const proxy = await connectProxy();
  const proxyUrl = `http://m%C3%A9:s%40c%2Fr%25et@127.0.0.1:${portOf(proxy)}`;
  const client = clientFor({ ...target, host: '127.0.0.1', port: portOf(server), proxyUrl });
  atEnd.push(
    () => client.close(),
    () => closed(server, proxy),
  );
  expect(await client.send(call())).toMatchObject({ status: 200 });
  expect(await client.send(call())).toMatchObject({ status: 200 });
  const authorization = `Basic ${Buffer.from('mé:s@c/r%et').toString('base64')}`;
  expect(proxy.seen).toEqual([{ target: `127.0.0.1:${portOf(server)}`, authorization }]);
});

test('a proxy that refuses a user name is asked once, however many requests there are', async () => {
  const proxy = await connectProxy(407);
  const client = clientFor({ ...target, proxyUrl: `http://me:hunter2@127.0.0.1:${portOf(proxy)}` });
  atEnd.push(
    () => client.close(),
    () => closed(proxy),
  );
  const errors = [await rejection(client.send(call())), await rejection(client.send(call()))];
  for (const error of errors) {
    expect(String(error)).toContain('the proxy refused the user name and password (HTTP 407)');
    expect(String(error)).not.toContain('hunter2');
  }
  expect(proxy.seen).toHaveLength(1);
});

const EXPECTED: Readonly<Record<OddProxy, { readonly kind: string; readonly words: string }>> = {
  'refuses without a password': {
    kind: 'proxy-sign-in',
    words:
      'the proxy wants a user name and password (HTTP 407). Give them in --proxy as http://USER:PASSWORD@PROXY, ' +
      'with characters such as / ? # @ : % in them written as %2F %3F %23 %40 %3A %25.',
  },
  'forbids the target': {
    kind: 'proxy',
    words:
      'the proxy does not allow a connection to pc.test:9440 (HTTP 403). Have the host and the port allowed on the ' +
      'proxy: many allow tunnels to port 443 alone. Check the proxy, and its address in --proxy.',
  },
  'cannot reach the target': {
    kind: 'connection',
    words: 'the proxy could not reach pc.test:9440 (HTTP 502)',
  },
  'is an ordinary web server': {
    kind: 'proxy',
    words: 'the proxy does not allow a connection to pc.test:9440 (HTTP 400)',
  },
  'closes at once': { kind: 'reset', words: 'the proxy closed the connection without an answer' },
  'closes when asked': { kind: 'reset', words: 'the proxy closed the connection without an answer' },
  'says nothing': { kind: 'slow', words: 'the proxy did not answer in time' },
  'speaks something else': { kind: 'protocol', words: 'what answers there is no such proxy' },
  'closes the tunnel': { kind: 'reset', words: 'the connection was closed during the TLS handshake' },
  'says nothing in the tunnel': { kind: 'slow', words: 'no connection in time' },
  'is not there': { kind: 'connection', words: 'the proxy could not be reached (ECONNREFUSED)' },
};

test.each(ODD_PROXIES)('a proxy that %s is what the error is about', async (behaviour) => {
  let limit = new AbortController();
  jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => (limit = new AbortController()).signal);
  const proxy = await oddProxy(behaviour, () => limit.abort(new DOMException('late', 'TimeoutError')));
  const address = `127.0.0.1:${proxy.port}`;
  const client = clientFor({ ...target, proxyUrl: `http://${address}` });
  atEnd.push(
    () => client.close(),
    () => proxy.close(),
  );
  const error = await rejection(client.send(call()));
  const { kind, words } = EXPECTED[behaviour];
  expect(error).toMatchObject({ code: 'unreachable', attempted: 'do something' });
  expect(noAnswerBehind(error)).toMatchObject({ kind, sent: false });
  const text = String(error);
  expect(text).toContain(words.replace('@PROXY', `@${address}`));
  expect(text).toMatch(
    new RegExp(
      `could not connect to pc\\.test(:| port )9440 through the proxy http://${address} \\(--proxy\\): `,
    ),
  );
  expect(text).not.toContain('Prism Central');
});
