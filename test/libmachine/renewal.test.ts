import type { Connection } from '../../src/provider/index.js';
import { MemoryProcess } from './memory-process.js';

const RANCHER = '/opt/bin/rancher-machine';
const OLD_PRINT = 'a'.repeat(64);
const NEW_PRINT = 'b'.repeat(64);

type Values = Readonly<Record<string, unknown>>;

/** What `rm --update-config` makes of an existing machine's connection. */
describe('renewal by rancher-machine’s --update-config', () => {
  const stored: Values = {
    MachineName: 'web-1',
    VMId: 'v',
    Endpoint: 'old.test',
    Username: 'u',
    Password: 'old',
  };

  async function connectionAfter(
    args: readonly string[],
    environment: Record<string, string>,
    changes: Values = {},
  ): Promise<Connection | undefined> {
    const plugin = new MemoryProcess({ arguments: [RANCHER, ...args, 'web-1'], environment });
    const client = await plugin.connect();
    try {
      await client.setConfig({ ...stored, ...changes });
      await client.call('Start');
    } finally {
      await plugin.end();
    }
    return plugin.cloud.connections[0];
  }

  const update = ['rm', '-y', '--update-config'];
  const password = (secret: string, username = 'u') => ({
    credentials: { kind: 'password', username, password: secret },
  });

  test.each<[string, readonly string[], Record<string, string>, Values, object]>([
    ['a password by flag', ['--nutanix-password', 'new'], {}, {}, password('new')],
    ['a password by environment', [], { NUTANIX_PASSWORD: 'new' }, {}, password('new')],
    ['both: the flag wins', ['--nutanix-password=flag'], { NUTANIX_PASSWORD: 'env' }, {}, password('flag')],
    ['user and password', [], { NUTANIX_USERNAME: 'n', NUTANIX_PASSWORD: 'new' }, {}, password('new', 'n')],
    ['a password in place of a stored key', ['--nutanix-password=new'], {}, { APIKey: 'k' }, password('new')],
    [
      'a password in place of a stored file',
      [],
      { NUTANIX_PASSWORD: 'new' },
      { CredentialsFile: '/no' },
      password('new'),
    ],
    [
      'a key in place of the stored password',
      [],
      { NUTANIX_API_KEY: 'k' },
      {},
      { credentials: { kind: 'api-key', key: 'k' } },
    ],
    [
      'a key by flag, a password in the environment',
      ['--nutanix-api-key=k'],
      { NUTANIX_PASSWORD: 'p' },
      {},
      { credentials: { kind: 'api-key', key: 'k' } },
    ],
    [
      'a password by flag, a key in the environment',
      ['--nutanix-password=p'],
      { NUTANIX_API_KEY: 'k' },
      {},
      password('p'),
    ],
    ['an endpoint', ['--nutanix-endpoint', 'new.test'], {}, {}, { host: 'new.test', port: 9440 }],
    [
      'an endpoint with a port',
      [],
      { NUTANIX_ENDPOINT: 'new.test:9555' },
      { Port: '9441' },
      { host: 'new.test', port: 9555 },
    ],
    [
      'an endpoint without one: not the old port',
      [],
      { NUTANIX_ENDPOINT: 'new.test' },
      { Port: '9441' },
      { host: 'new.test', port: 9440 },
    ],
    [
      'a port in place of the stored endpoint’s',
      ['--nutanix-port=9555'],
      {},
      { Endpoint: 'old.test:9441' },
      { host: 'old.test', port: 9555 },
    ],
    [
      'endpoint and port',
      [],
      { NUTANIX_ENDPOINT: 'new.test', NUTANIX_PORT: '9555' },
      {},
      { host: 'new.test', port: 9555 },
    ],
    [
      'a fingerprint',
      ['--nutanix-fingerprint', NEW_PRINT],
      {},
      { Fingerprint: OLD_PRINT },
      { trust: { kind: 'fingerprint', sha256: NEW_PRINT } },
    ],
    [
      'a fingerprint in place of a CA file',
      [],
      { NUTANIX_FINGERPRINT: NEW_PRINT },
      { CAFile: '/no' },
      { trust: { kind: 'fingerprint', sha256: NEW_PRINT } },
    ],
    [
      'a switch, which has no value',
      ['--nutanix-insecure'],
      {},
      { Fingerprint: OLD_PRINT },
      { trust: { kind: 'insecure' } },
    ],
    [
      'false is no kind of trust',
      [],
      { NUTANIX_INSECURE: 'false' },
      { Fingerprint: OLD_PRINT },
      { trust: { kind: 'fingerprint', sha256: OLD_PRINT } },
    ],
    ['a proxy', [], { NUTANIX_PROXY: 'http://proxy.test:3128' }, {}, { proxyUrl: 'http://proxy.test:3128' }],
  ])('%s', async (_case, flags, environment, changes, expected) => {
    expect(await connectionAfter([...update, ...flags], environment, changes)).toMatchObject(expected);
  });

  test.each<[string, readonly string[]]>([
    ['rm alone', ['rm', '-y']],
    ['=false', ['rm', '--update-config=false']],
  ])('%s changes nothing', async (_case, command) => {
    const environment = { NUTANIX_PASSWORD: 'new', NUTANIX_ENDPOINT: 'new.test', NUTANIX_PORT: '9555' };
    expect(await connectionAfter([...command, '--nutanix-password=flag'], environment)).toMatchObject({
      host: 'old.test',
      port: 9440,
      ...password('old'),
    });
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'a wrong port',
      { NUTANIX_PORT: 'many' },
      /renew the connection of machine "web-1": --nutanix-port .*must be a port/,
    ],
    ['no truth value', { NUTANIX_INSECURE: 'maybe' }, /--nutanix-insecure .*must be true or false/],
    [
      'two ways to sign in',
      { NUTANIX_PASSWORD: 'p', NUTANIX_API_KEY: 'k' },
      /--nutanix-api-key .* exclude each other/,
    ],
  ])('%s is refused', async (_case, environment, text) => {
    await expect(connectionAfter(update, environment)).rejects.toThrow(text);
  });
});
