import { createHttpClient } from '../../../src/prism/http/index.js';
import { chooseProxy } from '../../../src/prism/http/proxy.js';
import type { Connection } from '../../../src/provider/index.js';
import { silentLogger } from '../../../src/support/index.js';
import { selfSigned } from '../certificate.js';
import { FastClock } from '../fixtures.js';
import { closed, connectProxy, hostileServer, portOf } from '../hostile-server.js';

const VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy', 'NO_PROXY', 'no_proxy'] as const;
const before = VARIABLES.map((name) => [name, process.env[name]] as const);

function environment(values: Partial<Record<(typeof VARIABLES)[number], string>>): void {
  for (const name of VARIABLES) {
    const value = values[name];
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}

afterEach(() => environment(Object.fromEntries(before)));

describe('which proxy', () => {
  test.each([
    ['none is set', {}, 'pc.test', undefined],
    ['HTTPS_PROXY', { HTTPS_PROXY: 'http://proxy:3128' }, 'pc.test', 'http://proxy:3128/'],
    ['in lower case', { https_proxy: 'http://proxy:3128' }, 'pc.test', 'http://proxy:3128/'],
    ['ALL_PROXY', { ALL_PROXY: 'http://all:1' }, 'pc.test', 'http://all:1/'],
    ['NO_PROXY names the host', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'a,pc.test' }, 'pc.test', undefined],
    ['NO_PROXY names the domain', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '.test' }, 'pc.test', undefined],
    [
      'NO_PROXY names the port',
      { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'pc.test:9440' },
      'pc.test',
      undefined,
    ],
    [
      'NO_PROXY names another port',
      { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'pc.test:443' },
      'pc.test',
      'http://p:1/',
    ],
    ['NO_PROXY is a star', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }, 'pc.test', undefined],
    [
      'NO_PROXY names an IPv6 address',
      { HTTPS_PROXY: 'http://p:1', NO_PROXY: '[fd00::1]' },
      'fd00::1',
      undefined,
    ],
  ])('%s', (_name, values, host, expected) => {
    environment(values);
    expect(chooseProxy(host, 9440)?.href).toBe(expected);
  });

  test('an explicit one wins over the environment', () => {
    environment({ HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' });
    expect(chooseProxy('pc.test', 9440, 'proxy.test:8080')?.href).toBe('http://proxy.test:8080/');
  });

  test.each(['socks5://p:1', 'http://', '::'])('%s is refused', (text) => {
    expect(() => chooseProxy('pc.test', 9440, text)).toThrow('the proxy address is not a URL');
  });

  test('a wrong proxy address is not printed, since it may hold a password', () => {
    expect(() => chooseProxy('pc.test', 9440, 'socks5://me:hunter2@p')).not.toThrow(/hunter2/);
    expect(() => chooseProxy('pc.test', 9440, 'socks5://me:hunter2@p')).toThrow();
  });
});

test('a request goes through the tunnel, with the proxy’s own credentials', async () => {
  const certificate = selfSigned();
  const server = await hostileServer(certificate, '127.0.0.1');
  const proxy = await connectProxy();
  environment({ HTTPS_PROXY: `http://me:s%40cret@127.0.0.1:${portOf(proxy)}` });
  const connection: Connection = {
    host: '127.0.0.1',
    port: portOf(server),
    credentials: { kind: 'password', username: 'u', password: 'p' },
    trust: { kind: 'fingerprint', sha256: certificate.fingerprint },
  };
  const client = createHttpClient(connection, {
    logger: silentLogger,
    clock: new FastClock(),
    userAgent: 'test/1',
    readErrorBody: (text) => ({ reasons: [], text }),
  });
  const signal = new AbortController().signal;
  const ok = { method: 'GET', path: '/ok', repeatable: true, attempted: 'test', signal } as const;
  expect(await client.send(ok)).toMatchObject({ status: 200 });
  expect(await client.send(ok)).toMatchObject({ status: 200 });
  const authorization = `Basic ${Buffer.from('me:s@cret').toString('base64')}`;
  expect(proxy.seen).toEqual([{ target: `127.0.0.1:${portOf(server)}`, authorization }]);
  client.close();
  await closed(server, proxy);
});
