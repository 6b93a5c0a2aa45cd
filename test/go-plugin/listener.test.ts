import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readHostRequest } from '../../src/go-plugin/handshake.js';
import { PluginListener } from '../../src/go-plugin/listener.js';

let folder: string;
const listeners: PluginListener[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'listener-'));
});

afterEach(() => {
  for (const listener of listeners.splice(0)) listener.close();
  rmSync(folder, { recursive: true, force: true });
});

function listenerOf(): PluginListener {
  const listener = new PluginListener();
  listeners.push(listener);
  return listener;
}

function asked(variables: Readonly<Record<string, string>> = {}): ReturnType<typeof readHostRequest> {
  return readHostRequest({ PLUGIN_UNIX_SOCKET_DIR: folder, ...variables });
}

test('a socket is for this user alone, and gone when the listener is closed', async () => {
  const before = process.umask(0o022);
  const listener = listenerOf();
  const { network, address } = await listener.listen(asked(), 'unix');
  expect(network).toBe('unix');
  expect(join(folder, readdirSync(folder)[0] ?? '')).toBe(address);
  expect(statSync(address).mode & 0o777).toBe(0o600);
  expect(process.umask(before)).toBe(0o022);
  listener.close();
  expect(existsSync(address)).toBe(false);
});

test.each([String(process.getgid?.() ?? 0), 'root'])(
  'the group %s that a host names may use it, too',
  async (group) => {
    const { address } = await listenerOf().listen(asked({ PLUGIN_UNIX_SOCKET_GROUP: group }), 'unix');
    expect(statSync(address).mode & 0o777).toBe(0o660);
    if (group === 'root') expect(statSync(address).gid).toBe(0);
  },
);

test.each([
  [{ PLUGIN_UNIX_SOCKET_GROUP: 'no-such-group' }, /no such group/],
  [{ PLUGIN_UNIX_SOCKET_DIR: '/no/such/folder' }, /listen at \/no\/such\/folder/],
  [{ PLUGIN_UNIX_SOCKET_DIR: join('/', 'long'.repeat(30)) }, /at most 107 bytes.*TMPDIR/],
])('%j is refused, and nothing is left behind', async (variables, text) => {
  const refused = listenerOf().listen(asked(variables), 'unix');
  await expect(refused).rejects.toThrow(text);
  await expect(refused).rejects.toMatchObject({ code: 'invalid-input' });
  expect(readdirSync(folder)).toEqual([]);
});

test('what a client sends before anything serves is kept, and so is the client', async () => {
  const listener = listenerOf();
  const { address } = await listener.listen(asked(), 'unix');
  const client = connect(address);
  await once(client, 'connect');
  client.write('early');
  const served = new Promise<string>((resolve) => {
    setImmediate(() =>
      listener.serve((connection) => {
        connection.once('data', (bytes: Buffer) => resolve(bytes.toString()));
      }),
    );
  });
  expect(await served).toBe('early');
  expect(listener.connections).toBe(1);
  client.destroy();
  await once(client, 'close');
});

/** In the packaged runtime, which listens before it has a server; `folder` is where. */
const PROGRAM = `
  import { existsSync, readdirSync, statSync } from 'node:fs';
  import { once } from 'node:events';
  import { PluginListener } from './src/go-plugin/listener.ts';
  import { readHostRequest } from './src/go-plugin/handshake.ts';
  const PLUGIN_UNIX_SOCKET_DIR = process.argv.at(-1);
  const asked = (group) => readHostRequest({ PLUGIN_UNIX_SOCKET_DIR, PLUGIN_UNIX_SOCKET_GROUP: group });
  const listener = new PluginListener();
  const { address } = await listener.listen(asked(), 'unix');
  const { connect } = await import('node:net');
  const client = connect(address);
  await once(client, 'connect');
  client.write('early');
  const before = listener.connections;
  await listener.accept();
  const served = new Promise((resolve) => listener.serve((one) => one.once('data', (bytes) => resolve(String(bytes)))));
  const said = await served;
  const mode = statSync(address).mode & 0o777;
  const during = listener.connections;
  listener.close();
  await once(client, 'close');
  const grouped = new PluginListener();
  const shared = statSync((await grouped.listen(asked(String(process.getgid())), 'unix')).address).mode & 0o777;
  const unused = existsSync(address) || readdirSync(PLUGIN_UNIX_SOCKET_DIR).length !== 1;
  grouped.close();
  console.log(JSON.stringify({ before, during, said, mode, shared, unused, umask: process.umask() }));
  process.exit();
`;

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('the packaged runtime listens before it takes connections, and leaves no file', async () => {
  const bun = join(__dirname, '../../node_modules/.bin/bun');
  const { stdout } = await promisify(execFile)(
    'sh',
    ['-c', 'umask 027; exec "$@"', 'sh', bun, '-e', PROGRAM, folder],
    {
      cwd: join(__dirname, '../..'),
    },
  );
  expect(JSON.parse(stdout)).toEqual({
    before: 0,
    during: 1,
    said: 'early',
    mode: 0o600,
    shared: 0o660,
    unused: false,
    umask: 0o027,
  });
  expect(readdirSync(folder)).toEqual([]);
});

test('it takes the first port of the range that is free', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const bound = other.address();
  const taken = bound === null || typeof bound === 'string' ? 0 : bound.port;
  const range = { PLUGIN_MIN_PORT: String(taken), PLUGIN_MAX_PORT: String(Math.min(taken + 50, 65_535)) };
  const { network, address } = await listenerOf().listen(asked(range), 'tcp');
  expect(network).toBe('tcp');
  const [host, port] = address.split(':');
  expect(host).toBe('127.0.0.1');
  expect(Number(port)).toBeGreaterThan(taken);
  const one = { PLUGIN_MIN_PORT: String(taken), PLUGIN_MAX_PORT: String(taken) };
  await expect(listenerOf().listen(asked(one), 'tcp')).rejects.toThrow(/none of the ports/);
  other.close();
});

test('without a range any port is taken', async () => {
  const { address } = await listenerOf().listen(asked(), 'tcp');
  expect(address).toMatch(/^127\.0\.0\.1:[1-9]\d+$/);
});
