import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../machine.js';
import { engineProblem, VolumeEngine } from './volume-engine.js';

/** A real engine against the plugin's protocol, on folders: what it asks, and what it makes of each answer. */
const problem = engineProblem();
if (problem !== undefined)
  process.stderr.write(`tests of the engine's volume calls are skipped: ${problem}\n`);

(problem === undefined ? describe : describe.skip)('the engine and the volume plugin', () => {
  const state = mkdtempSync(join(tmpdir(), 'folder-plugin-'));
  // The engine looks for plugins in fixed folders only.
  const driver = `nutanix-${String(process.pid)}`;
  const socket = `/run/docker/plugins/${driver}.sock`;
  const away = join(state, 'away');
  const engine = new VolumeEngine();
  let plugin: ChildProcess;

  async function startPlugin(): Promise<void> {
    const bun = join(ROOT, 'node_modules/.bin/bun');
    plugin = spawn(bun, [join(__dirname, 'folder-plugin.ts'), socket, state], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve, reject) => {
      plugin.stdout?.once('data', resolve);
      plugin.once('exit', () => reject(new Error('the plugin does not start')));
    });
  }

  async function killPlugin(): Promise<void> {
    const ended = new Promise((resolve) => plugin.once('exit', resolve));
    plugin.kill('SIGKILL');
    await ended;
  }

  const calls = (): string[] => readFileSync(join(state, 'log'), 'utf8').trim().split('\n');
  const users = (name: string): string[] => readdirSync(join(state, 'users', name));
  const mounted = (): boolean => readFileSync('/proc/mounts', 'utf8').includes(`${state}/mounts/`);

  beforeAll(async () => {
    await startPlugin();
    engine.start();
    engine.makeImage();
  });

  afterEach(() => {
    rmSync(away, { force: true });
    const ids = engine
      .run('ps', '-aq')
      .stdout.split('\n')
      .filter((id) => id !== '');
    if (ids.length > 0) engine.run('rm', '-f', ...ids);
  });

  afterAll(async () => {
    await engine.remove();
    await killPlugin();
    rmSync(socket, { force: true });
    rmSync(state, { recursive: true });
  });

  test('create, ls, inspect: options arrive, the scope is global', () => {
    engine.docker('volume', 'create', '-d', driver, '-o', 'size=2G', '-o', 'fs=xfs', 'first');
    expect(calls()).toContain(`ensure first {"filesystem":"xfs","sizeBytes":${String(2 * 2 ** 30)}}`);
    expect(engine.docker('volume', 'ls', '--format', '{{.Driver}} {{.Name}}')).toBe(`${driver} first`);
    const [shown] = JSON.parse(engine.docker('volume', 'inspect', 'first')) as Record<string, unknown>[];
    expect(shown).toMatchObject({ Driver: driver, Scope: 'global', Status: { id: 'first', size: '1G' } });
  });

  test('an option that there is not is told, and nothing is made; help prints all', () => {
    const wrong = engine.run('volume', 'create', '-d', driver, '-o', 'sise=2G', 'wrong');
    expect(wrong.stderr).toContain('create volume "wrong": there is no option sise; did you mean size?');
    const help = engine.run('volume', 'create', '-d', driver, '-o', 'help', 'wrong');
    expect(help.stderr).toMatch(/-o size=[^]*-o on-remove=/);
    expect(engine.run('volume', 'inspect', 'wrong').stderr).toContain('no such volume');
  });

  test('what a container writes is there for the next one; the image fills a new volume', () => {
    const write = ['--volume-driver', driver, '-v', 'db:/data', 'box', 'sh', '-c', 'echo kept >/data/x'];
    engine.docker('run', '--rm', ...write);
    expect(engine.docker('run', '--rm', '-v', 'db:/data', 'box', 'cat', '/data/x', '/data/seed')).toBe(
      'kept\nfrom-image',
    );
    expect(mounted()).toBe(false);
  });

  test('two containers, exec and cp share one mount, which goes with the last of them', () => {
    engine.docker('run', '-d', '--name', 'one', '-v', 'db:/data', 'box', 'sleep', '600');
    engine.docker('run', '-d', '--name', 'two', '-v', 'db:/data', 'box', 'sleep', '600');
    expect(users('db')).toHaveLength(2);
    engine.docker('exec', 'one', 'sh', '-c', 'echo shared >/data/y');
    expect(engine.docker('exec', 'two', 'cat', '/data/y')).toBe('shared');
    engine.docker('cp', 'two:/data/y', join(state, 'copied'));
    expect(readFileSync(join(state, 'copied'), 'utf8')).toBe('shared\n');
    // The engine mounts for cp with the id of the container that runs, and unmounts it: each id is counted.
    const [user = ''] = users('db').filter((one) =>
      calls().includes(`unmount db ${one.split('.')[0] ?? ''}`),
    );
    expect(user).not.toBe('');
    expect(users('db')).toHaveLength(2);
    engine.docker('rm', '-f', 'one');
    expect(users('db')).toHaveLength(1);
    expect(mounted()).toBe(true);
    engine.docker('rm', '-f', 'two');
    expect(mounted()).toBe(false);
  });

  test('a plugin that was killed is started again while containers run; they give their volume back to it', async () => {
    engine.docker('run', '-d', '--name', 'one', '-v', 'db:/data', 'box', 'sleep', '600');
    await killPlugin();
    expect(engine.docker('exec', 'one', 'cat', '/data/x')).toBe('kept');
    await startPlugin();
    engine.docker('restart', '-t', '0', 'one');
    expect(engine.docker('exec', 'one', 'cat', '/data/x')).toBe('kept');
    engine.docker('rm', '-f', 'one');
    expect(mounted()).toBe(false);
  });

  test('a restart of the engine below live containers; the old user gives the volume back', async () => {
    engine.docker('run', '-d', '--name', 'one', '-v', 'db:/data', 'box', 'sleep', '600');
    const [user] = users('db');
    await engine.stopDaemon();
    engine.start();
    expect(engine.docker('exec', 'one', 'cat', '/data/x')).toBe('kept');
    engine.docker('rm', '-f', 'one');
    expect(calls()).toContain(`unmount db ${user?.split('.')[0] ?? ''}`);
    expect(mounted()).toBe(false);
  });

  test('while the cloud is away, known volumes are listed and started again', () => {
    engine.docker('run', '-d', '--name', 'one', '-v', 'db:/data', 'box', 'sleep', '600');
    writeFileSync(away, '');
    engine.docker('kill', 'one');
    expect(engine.docker('volume', 'ls', '-q')).toContain('db');
    expect(engine.docker('volume', 'inspect', '-f', '{{.Driver}}', 'db')).toBe(driver);
  });

  test('while the cloud is away, a name of another host never becomes a local volume', () => {
    // Another node of the swarm has made it; the engine of this one has not heard of it yet.
    engine.docker('volume', 'create', '-d', driver, 'elsewhere');
    rmSync(join(state, 'known', 'elsewhere'), { recursive: true });
    writeFileSync(away, '');
    const { status, stderr } = engine.run('run', '--rm', '-v', 'elsewhere:/data', 'box', 'ls');
    expect(status).not.toBe(0);
    expect(stderr).toContain('elsewhere');
    expect(engine.run('volume', 'ls', '-q', '-f', 'driver=local').stdout).toBe('');
    rmSync(away);
    expect(engine.docker('volume', 'inspect', '-f', '{{.Driver}}', 'elsewhere')).toBe(driver);
    engine.docker('run', '--rm', '-v', 'elsewhere:/data', 'box', 'ls');
    expect(engine.run('volume', 'ls', '-q', '-f', 'driver=local').stdout).toBe('');
  });

  test('prune takes none of them; rm does, and a second one of the same name is success for the plugin', () => {
    engine.docker('volume', 'prune', '-f');
    expect(engine.docker('volume', 'ls', '-q').split('\n')).toEqual(['db', 'elsewhere', 'first']);
    engine.docker('volume', 'rm', 'first', 'elsewhere', 'db');
    expect(engine.docker('volume', 'ls', '-q')).toBe('');
    expect(readdirSync(join(state, 'cloud'))).toEqual([]);
  });
});
