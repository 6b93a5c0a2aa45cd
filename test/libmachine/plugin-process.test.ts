import { execFileSync, spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BuiltPlugin, RUNTIMES } from './built-plugin.js';
import { FLAGS, PluginClient } from './plugin-client.js';

const ADDRESS = /^127\.0\.0\.1:\d+$/;
const CONFIG = { MachineName: 'web-1', StorePath: '/store', VMId: 'vm-1', IPAddress: '192.0.2.10' };
let built: BuiltPlugin;

beforeAll(() => {
  built = new BuiltPlugin();
});

afterAll(() => built.remove());

describe.each(RUNTIMES)('the plugin process on %s', (runtime, program) => {
  const started: ChildProcess[] = [];

  interface Start {
    readonly arguments?: readonly string[];
    readonly environment?: Record<string, string>;
    readonly stdio?: StdioOptions;
  }

  function start({ arguments: list = [], environment = { MACHINE_PLUGIN_TOKEN: '42' }, stdio }: Start = {}) {
    const env = { PATH: process.env['PATH'], ...environment };
    const child = spawn(program, [built.entry, ...list], { env, stdio: stdio ?? ['ignore', 'pipe', 'pipe'] });
    started.push(child);
    const lines: string[] = [];
    const first = new Promise<string>((resolve) => {
      if (child.stdout === null) return;
      createInterface(child.stdout).on('line', (line) => {
        lines.push(line);
        resolve(lines[0] ?? '');
      });
    });
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const exit = once(child, 'exit').then(([code]: unknown[]) => code);
    return { child, lines, first, exit, errors: () => errors };
  }

  async function connect(address: string): Promise<PluginClient> {
    const client = await PluginClient.connect(address);
    await client.setConfig(CONFIG);
    await client.setFlags(FLAGS);
    return client;
  }

  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  test('prints the address first and alone, whatever its arguments, and ends with 0 after Close', async () => {
    const plugin = start({ arguments: ['rancher-machine', 'create', '--help', '--version'] });
    const address = await plugin.first;
    expect(address).toMatch(ADDRESS);
    const client = await connect(address);
    await expect(client.call('GetVersion')).resolves.toBe(1);
    await client.call('Close');
    await expect(plugin.exit).resolves.toBe(0);
    expect(plugin.lines).toEqual([address]);
  });

  test('tells a person what it is, on standard error, with exit code 1', async () => {
    const plugin = start({ environment: {} });
    await expect(plugin.exit).resolves.toBe(1);
    expect(plugin.errors()).toMatch(/plugin of docker-machine[\s\S]*docker-machine create -d nutanix/);
    expect(plugin.lines).toEqual([]);
  });

  test.each([
    ['--version', /^docker-machine-driver-nutanix 0\.0\.0$/],
    ['--help', /^ {2}--nutanix-vm-mem NUMBER/],
  ])('%s works without a client', async (argument, expected) => {
    const plugin = start({ environment: { MACHINE_PLUGIN_TOKEN: '41' }, arguments: [argument] });
    await expect(plugin.exit).resolves.toBe(0);
    await new Promise(setImmediate);
    expect(plugin.lines).toContainEqual(expect.stringMatching(expected));
  });

  test('has loaded nothing but itself when it prints the address', async () => {
    const file = join(built.folder, `modules-${runtime}`);
    await start({ environment: { MACHINE_PLUGIN_TOKEN: '42', MODULES: file } }).first;
    const loaded: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const { files, builtin } = Object(loaded) as { files: string[]; builtin: string[] };
    const own = files.filter((path) =>
      /[/\\](src[/\\](libmachine|netrpc|gob|session|settings|logging|process|support|host[/\\]rules)|test[/\\](libmachine|session))[/\\]/.test(
        path,
      ),
    );
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((path) => !own.includes(path))).toEqual([]);
    // Listening alone makes Node load its cluster module and with it child_process.
    const heavy = builtin.filter((name) =>
      /NativeModule (http|https|tls|crypto|http2|zlib|dns\/promises|worker_threads)$/.test(name),
    );
    expect(heavy).toEqual([]);
  });

  describe('with a pipe that nobody reads', () => {
    let reader: number;
    let writer: number;

    function pipe(): void {
      const path = join(built.folder, `pipe-${String(started.length)}-${String(Math.random())}`);
      execFileSync('mkfifo', [path]);
      reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      writer = openSync(path, constants.O_WRONLY);
    }

    async function addressLine(): Promise<string> {
      const buffer = Buffer.alloc(64);
      for (;;) {
        try {
          const size = readSync(reader, buffer);
          if (size > 0) return buffer.toString('latin1', 0, size).trim();
        } catch {
          // Nothing there yet.
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }

    test('still answers, and ends when it is told to', async () => {
      pipe();
      const plugin = start({ stdio: ['ignore', writer, 'pipe'] });
      const client = await connect(await addressLine());
      const flood = client.call('Start');
      // Its output is never read, so one that waits for that answers nothing at all.
      await client.call('Heartbeat');
      await flood;
      await client.call('Heartbeat');
      await client.call('Close');
      await expect(plugin.exit).resolves.toBe(0);
      closeSync(reader);
      closeSync(writer);
    });

    test('lives on when the reader has gone, on both outputs', async () => {
      pipe();
      const plugin = start({ stdio: ['ignore', writer, writer] });
      const client = await connect(await addressLine());
      closeSync(reader);
      closeSync(writer);
      await client.call('Start');
      await expect(client.call('GetState')).resolves.toBe(1);
      await client.call('Close');
      await expect(plugin.exit).resolves.toBe(0);
    });
  });

  test('with a socket for its output that nobody reads still answers', async () => {
    const plugin = start();
    const client = await connect(await plugin.first);
    plugin.child.stdout?.pause();
    await client.call('Start');
    await expect(client.call('Heartbeat')).resolves.toEqual({});
    plugin.child.stdout?.destroy();
    await client.call('Start');
    await expect(client.call('Heartbeat')).resolves.toEqual({});
    await client.call('Close');
    await expect(plugin.exit).resolves.toBe(0);
  });

  // Only root can start a client as somebody else; what the kernel's tables say is tested for everybody.
  if (process.getuid?.() === 0) {
    test('does not speak with another user', async () => {
      const plugin = start();
      const address = await plugin.first;
      const [host = '', port = ''] = address.split(':');
      const script = `
        const socket = require('node:net').connect(${port}, '${host}');
        socket.on('data', (reply) => console.log('reply: ' + reply)).on('error', () => undefined);
        socket.on('close', () => console.log('closed'));
        socket.write('CONNECT /_goRPC_ HTTP/1.0\\n\\n');`;
      const nobody = { uid: 65_534, gid: 65_534, cwd: '/', encoding: 'utf8' as const };
      expect(execFileSync(process.execPath, ['-e', script], nobody)).toBe('closed\n');
      // Served, one is not closed by the plugin.
      const welcome = execFileSync(process.execPath, [
        '-e',
        `${script} socket.once('data', () => socket.end());`,
      ]);
      expect(welcome.toString()).toContain('200 Connected to Go RPC');
      await expect((await connect(address)).call('GetVersion')).resolves.toBe(1);
      expect(plugin.errors()).toMatch(
        /refused a connection from port \d+: it belongs to the user with the id 65534, not 0/,
      );
    });
  }

  test('cleans up after SIGTERM during Create, and then ends', async () => {
    const file = join(built.folder, `term-${runtime}`);
    const plugin = start({ environment: { MACHINE_PLUGIN_TOKEN: '42', CLEANED: file } });
    const client = await connect(await plugin.first);
    const create = client.call('Create').catch(String);
    while (!plugin.lines.includes('creating')) await new Promise((resolve) => setTimeout(resolve, 5));
    plugin.child.kill('SIGTERM');
    await expect(plugin.exit).resolves.toBe(143);
    await expect(create).resolves.toContain('aborted');
    expect(readFileSync(file, 'utf8')).toBe('cleaned up\n');
  });

  test('cleans up when its client is killed during Create, and then ends', async () => {
    const file = join(built.folder, `killed-${runtime}`);
    const client = spawn(
      process.execPath,
      [join(built.folder, 'test/libmachine/client-fixture.js'), program, built.entry],
      {
        env: { PATH: process.env['PATH'], MACHINE_PLUGIN_TOKEN: '42', CLEANED: file },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    started.push(client);
    const [pid] = (await once(client.stdout, 'data')) as [Buffer];
    client.kill('SIGKILL');
    const plugin = Number(pid.toString());
    while (isAlive(plugin)) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(existsSync(file)).toBe(true);
  });
});

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  } catch {
    return false;
  }
}
