import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inheritedDescriptor, serveDockerPlugin, type DockerPlugin } from '../../src/docker-plugin/index.js';
import { silentLogger } from '../../src/support/index.js';
import { ask, begin } from './engine-client.js';
import { ScriptedService } from './scripted-service.js';

const folder = mkdtempSync(join(tmpdir(), 'plugin-socket-'));
afterAll(() => rmSync(folder, { recursive: true }));

const service = new ScriptedService();
function serveAt(path: string): Promise<DockerPlugin> {
  return serveDockerPlugin({ path }, { service: () => Promise.resolve(service), logger: silentLogger });
}

describe('the socket', () => {
  test('is made with its folder, for root alone, and goes with the plugin', async () => {
    const path = join(folder, 'run', 'docker', 'plugins', 'nutanix.sock');
    const plugin = await serveAt(path);
    expect(plugin.address).toBe(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await plugin.close();
    expect(existsSync(path)).toBe(false);
  });

  test('of a plugin that was killed is replaced', async () => {
    const path = join(folder, 'stale.sock');
    const holder = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`;
    const child = spawn(process.execPath, ['-e', holder], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    expect(existsSync(path)).toBe(true);
    const plugin = await serveAt(path);
    expect((await ask(path, 'Plugin.Activate'))?.status).toBe(200);
    await plugin.close();
  });

  test('of a plugin that lives is left alone', async () => {
    const path = join(folder, 'live.sock');
    const first = await serveAt(path);
    await expect(serveAt(path)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`listen at ${path}: another process answers there`) as unknown,
    });
    expect((await ask(path, 'Plugin.Activate'))?.status).toBe(200);
    await first.close();
  });

  test('a path too long for a socket is refused: runtimes cut it and report success', async () => {
    const fits = join(folder, 'x'.repeat(106 - folder.length));
    expect(Buffer.byteLength(fits)).toBe(107);
    await (await serveAt(fits)).close();
    await expect(serveAt(`${fits}y`)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining("the path has 108 bytes, and a socket's can have 107") as unknown,
    });
  });

  test.each([
    ['a file', (path: string) => writeFileSync(path, 'data')],
    ['a folder', (path: string) => mkdirSync(path)],
  ])('%s at its place is not removed', async (what, make) => {
    const path = join(folder, what.replace(' ', '-'));
    make(path);
    await expect(serveAt(path)).rejects.toThrow('there is something else than a socket');
    expect(existsSync(path)).toBe(true);
  });

  test('a relative path is refused', async () => {
    await expect(serveAt('nutanix.sock')).rejects.toThrow('has to begin with /');
  });

  test.each([
    [{ LISTEN_FDS: '1', LISTEN_PID: '7' }, 3],
    [{ LISTEN_FDS: '1', LISTEN_PID: '8' }, undefined],
    [{ LISTEN_FDS: '1' }, undefined],
    [{ LISTEN_FDS: '0', LISTEN_PID: '7' }, undefined],
    [{}, undefined],
  ])('systemd hands over %j: descriptor %j', (environment, descriptor) => {
    expect(inheritedDescriptor(environment, 7)).toBe(descriptor);
  });

  test('two sockets of systemd are refused', () => {
    expect(() => inheritedDescriptor({ LISTEN_FDS: '2', LISTEN_PID: '7' }, 7)).toThrow('LISTEN_FDS is 2');
  });
});

describe('the end of the plugin', () => {
  test('waits for what is under way, takes nothing new, and unmounts nothing', async () => {
    const path = join(folder, 'end.sock');
    let goOn = (): void => undefined;
    let begun = (): void => undefined;
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    service.script['ensure'] = async () => {
      begun();
      await new Promise<void>((resolve) => (goOn = resolve));
    };
    service.asked.length = 0;
    const plugin = await serveAt(path);
    const { answer } = begin(path, 'VolumeDriver.Create', { Name: 'db', Opts: null });
    await hasBegun;
    let ended = false;
    const end = plugin.close().then(() => (ended = true));
    expect(await ask(path, 'Plugin.Activate')).toBeUndefined();
    expect(ended).toBe(false);
    goOn();
    expect((await answer)?.body).toEqual({ Err: '' });
    await end;
    expect(service.asked).toEqual(['ensure db {}']);
  });
});
