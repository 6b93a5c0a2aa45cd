import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperationError } from '../../src/support/index.js';
import { runVolumeCommands, type VolumeRuntime } from '../../src/volume-commands/index.js';
import { KEEPS_CONNECTIONS } from '../support/stand-still.js';
import { ServedEngine } from './setup/served-engine.js';

const folder = mkdtempSync(join(tmpdir(), 'volume-commands-'));
afterAll(() => rmSync(folder, { recursive: true }));
const settings = join(folder, 'nutanix-volume.yaml');
const SETTINGS = `endpoint: pc.example\nusername: docker\npassword: geheim-1\nfolder: ${folder}/state\n`;
writeFileSync(settings, SETTINGS, { mode: 0o600 });

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line that ends before anything is asked of a cloud. */
async function run(args: readonly string[], more: Partial<VolumeRuntime> = {}): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  const code = await runVolumeCommands({
    args,
    version: '1.2.3',
    environment: { NUTANIX_VOLUME_CONFIG: settings },
    processId: process.pid,
    isRoot: true,
    print: (text) => (stdout += text),
    errors: {
      write: (line) => (stderr += line.toString()),
      flush: () => Promise.resolve(),
      broken: false,
    },
    input: () => Promise.resolve(''),
    connect: () => {
      const problem = 'signing in as docker with geheim-1 failed';
      return Promise.reject(new OperationError({ code: 'unauthenticated', attempted: 'connect', problem }));
    },
    stop: new AbortController().signal,
    ...more,
  });
  return { code, stdout, stderr };
}

const COMMANDS = [
  'docker-plugin',
  'announce',
  'start-containers',
  'csi',
  'ls',
  'inspect',
  'create',
  'clone',
  'grow',
  'rm',
  'restore',
  'purge',
  'snapshot',
  'attach',
  'detach',
  'doctor',
  'setup',
  'config',
  'completion',
];

describe('nutanix-volume', () => {
  test.each(COMMANDS)('%s explains itself', async (name) => {
    const { code, stdout } = await run([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`nutanix-volume ${name}`);
  });

  test.each([[[]], [['snapshot']], [['config']]])('%j alone is no command: all are listed', async (args) => {
    const { code, stderr } = await run(args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Commands:') as string });
  });

  test('its help tells the exit codes; -h is help, too', async () => {
    const { code, stdout } = await run(['-h']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('0 done, 1 failed, 2 options or settings are wrong') as string,
    });
  });

  test('another user than root learns that root is needed', async () => {
    // As the kernel tells it; for root, who runs these tests, it makes every folder.
    const refused = Object.assign(new Error("EACCES: permission denied, mkdir '/var/lib/nutanix-volume'"), {
      code: 'EACCES',
    });
    const connect = (): Promise<never> => Promise.reject(refused);
    const { code, stderr } = await run(['create', 'db'], { isRoot: false, connect });
    expect(code).toBe(1);
    expect(stderr).toContain('Run it with sudo');
    expect((await run(['create', 'db'], { connect })).stderr).not.toContain('sudo');
  });

  test('knows its version', async () => {
    expect(await run(['version'])).toMatchObject({ code: 0, stdout: 'nutanix-volume 1.2.3\n' });
    expect(await run(['--version'])).toMatchObject({ code: 0, stdout: 'nutanix-volume 1.2.3\n' });
  });

  test.each([
    [['lss'], 'Did you mean ls?'],
    [['create'], "missing required argument 'name'"],
    [['create', 'db', '--sise', '1G'], 'Did you mean --size?'],
    [['create', 'db', '--size', '10'], 'create volume "db": option size must be a size with its unit'],
    [['create', 'db', '-o', 'size'], '-o takes NAME=VALUE, not "size"'],
    [['create', 'db', '-o', 'size=1G', '--size', '1G'], '--size and -o size say the same'],
    [['clone', 'db', 'db2', '-o', 'fs=zfs'], 'option fs must be xfs or ext4'],
    [['grow', 'db', 'big'], '"big" is no size; one is 40G'],
    [['grow', 'db', '--', '-5G'], '"-5G" is no size'],
    [['clone', 'db', 'db2', '-o', 'import=other'], 'it begins as a copy of db and of nothing else'],
    [['clone', 'db', 'db2', '--from-snapshot', 's'], "unknown option '--from-snapshot'"],
    [['detach', 'db', '--node', 'host3'], '--node must be vm/<VM id> or iqn/<initiator name>, not "host3"'],
    [['snapshot', 'make', 'db', 's'], "unknown command 'make'"],
    [['ls', 'db'], "too many arguments for 'ls'"],
    [['create'], '--help behind the command'],
    [['ls', '--config', folder], 'it is a folder, and has to be a file'],
    [['rm', 'db', '--delete'], 'delete db: without a terminal there is no one to ask: it needs --yes'],
    [['rm', 'db', '--delete', '--keep'], '--delete and --keep exclude one another'],
    [['purge', 'db'], 'it needs --yes'],
    [['csi', '--role', 'king'], 'Allowed choices are controller, node, all, swarm'],
    [['docker-plugin', '--socket', 'nutanix.sock'], 'the path of the socket has to begin with /'],
    [['completion', 'csh'], 'Allowed choices are bash, zsh, fish'],
    [['ls', '--config', '/nowhere/x.yaml'], 'read the settings /nowhere/x.yaml: there is no such file'],
  ])('%j is refused before anything is sent', async (args, problem) => {
    const { code, stdout, stderr } = await run(args, { connect: () => Promise.reject(new Error('sent')) });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(problem);
  });

  test('what was not confirmed is not done', async () => {
    const asked: string[] = [];
    const ask = (question: string): Promise<string> => Promise.resolve(String(asked.push(question)));
    const { code, stderr } = await run(['rm', 'db', '--delete'], { ask });
    expect({ code, asked }).toEqual({ code: 1, asked: ['Delete db and all data? [y/N] '] });
    expect(stderr).toContain('nothing was deleted');
  });

  test.each([[['ls']], [['ls', '--verbose']], [['inspect', 'db']], [['doctor']]])(
    '%j shows no secret',
    async (args) => {
      const { code, stdout, stderr } = await run(args);
      expect(code).toBe(1);
      expect(stderr + stdout).toContain('signing in as docker with');
      expect(stderr + stdout).not.toContain('geheim-1');
    },
  );

  test('config check shows the settings without secrets', async () => {
    const { code, stdout } = await run(['config', 'check', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      prismCentral: 'pc.example:9440',
      user: 'docker',
      attachment: 'vm',
    });
    expect(stdout).not.toContain('geheim');
  });

  test('config init writes a file that only its owner reads, and leaves one that is there', async () => {
    const path = join(folder, 'new.yaml');
    expect(await run(['config', 'init', '--config', path])).toMatchObject({ code: 0, stdout: `${path}\n` });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await run(['config', 'init', '--print'])).stdout).toBe(readFileSync(path, 'utf8'));
    expect(await run(['config', 'init', '--config', path])).toMatchObject({ code: 2 });
  });

  test.each(['bash', 'zsh'])('completion for %s can be read by bash', async (shell) => {
    const { stdout } = await run(['completion', shell]);
    const script = `autoload() { :; }; bashcompinit() { :; }\n${stdout}\nCOMP_WORDS=(nutanix-volume snapshot ''); COMP_CWORD=2; _nutanix_volume; echo "\${COMPREPLY[*]}"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim()).toBe('create ls rm');
  });
});

const asRoot =
  process.getuid?.() === 0 && spawnSync('systemctl', ['--version']).status === 0 ? describe : describe.skip;

asRoot('nutanix-volume setup', () => {
  const root = join(folder, 'root');
  const input = (): Promise<string> =>
    Promise.resolve(JSON.stringify({ config: SETTINGS, policy: 'defaults: { size: 2G }\n' }));
  const arguments_ = ['setup', '--json', '--root', root];

  test('installs files and units, and the second time changes nothing', async () => {
    mkdirSync(root);
    expect(await run(arguments_, { input })).toMatchObject({ code: 0, stdout: '{"changed":true}\n' });
    expect(await run(arguments_, { input })).toMatchObject({ code: 0, stdout: '{"changed":false}\n' });
    expect(statSync(join(root, 'etc/nutanix-volume/nutanix-volume.yaml')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(root, 'etc/nutanix-volume/policy.yaml'), 'utf8')).toBe(
      'defaults: { size: 2G }\n',
    );
    const enabled = execFileSync('sh', ['-c', `cd ${root}/etc/systemd/system && ls -d *.wants/*`], {
      encoding: 'utf8',
    });
    expect(enabled.trim().split('\n').sort()).toEqual([
      'docker.service.wants/nutanix-volume-announce.service',
      'docker.service.wants/nutanix-volume.service',
      'multi-user.target.wants/nutanix-volume.service',
      'sockets.target.wants/nutanix-volume.socket',
    ]);
  });

  test('its units hold before systemd', () => {
    mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
    const units = ['nutanix-volume.socket', 'nutanix-volume.service', 'nutanix-volume-announce.service'].map(
      (name) => {
        const path = join(folder, name);
        const text = readFileSync(join(root, 'etc/systemd/system', name), 'utf8');
        writeFileSync(path, text.replaceAll('/usr/local/bin/nutanix-volume', '/bin/true'));
        return path;
      },
    );
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], {
      encoding: 'utf8',
    });
    expect({ status, ours: stderr.split('\n').filter((line) => line.includes('nutanix-volume')) }).toEqual({
      status: 0,
      ours: [],
    });
  });

  test('the plugin, and so the engine, ends before what logs out of all iSCSI targets', () => {
    const unit = readFileSync(join(root, 'etc/systemd/system/nutanix-volume.service'), 'utf8');
    const after = [...unit.matchAll(/^After=(.*)$/gm)].flatMap(([, units = '']) => units.split(' '));
    expect(unit).toMatch(/^Before=docker\.service$/m);
    expect(after).toEqual(
      expect.arrayContaining([
        'open-iscsi.service',
        'iscsi.service',
        'iscsi-shutdown.service',
        'iscsid.service',
      ]),
    );
  });

  test.each([
    ['no JSON', 'nonsense', 'standard input has to be'],
    [
      'settings that are wrong',
      JSON.stringify({ config: 'endpoint: x\n' }),
      'one of password, password-file',
    ],
  ])('%s: refused', async (_what, text, problem) => {
    const { code, stderr } = await run(arguments_, { input: () => Promise.resolve(text) });
    expect(code).toBe(2);
    expect(stderr).toContain(problem);
  });

  test('is for root', async () => {
    expect(await run(arguments_, { input, isRoot: false })).toMatchObject({ code: 1 });
  });
});

describe('nutanix-volume announce', () => {
  /** An engine that knows these volume drivers once it was asked for volumes. */
  async function withEngine<T>(drivers: readonly string[], work: (socket: string) => Promise<T>): Promise<T> {
    const socket = join(folder, `engine-${drivers.length}.sock`);
    let asked = false;
    const server = createServer(KEEPS_CONNECTIONS, (request, response) => {
      if (request.url?.endsWith('/volumes') === true) asked = true;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ Volumes: [], Plugins: { Volume: asked ? drivers : ['local'] } }));
    }).listen(socket);
    await once(server, 'listening');
    try {
      return await work(socket);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  }

  test('an engine that was asked for volumes knows the plugin', async () => {
    const ended = await withEngine(['local', 'nutanix'], (socket) => run(['announce', '--engine', socket]));
    expect(ended).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('knows the volume plugin') as string,
    });
  });

  test('one that does not: which it knows, and where to look', async () => {
    const { code, stderr } = await withEngine(['local'], (socket) => run(['announce', '--engine', socket]));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /knows the volume drivers local, and not nutanix.*systemctl status nutanix-volume/,
    );
  });

  test('no engine', async () => {
    const { code, stderr } = await run(['announce', '--engine', join(folder, 'none.sock')]);
    expect(code).toBe(1);
    expect(stderr).toContain('none.sock');
  });
});

describe('nutanix-volume start-containers', () => {
  const none = join(folder, 'no-engine.sock');

  test('ends with 0 when nothing was left down, and says nothing', async () => {
    const engine = new ServedEngine(join(folder, 'start.sock'));
    await engine.open();
    try {
      engine.add('db', { drivers: ['nutanix'], error: '' });
      const ended = await run(['start-containers', '--engine', engine.socket]);
      expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
    } finally {
      await engine.close();
    }
  });

  test('waits for an engine, and its end in between is in order', async () => {
    const stop = new AbortController();
    const errors = {
      write: () => stop.abort(),
      flush: () => Promise.resolve(),
      broken: false,
    };
    const ended = await run(['start-containers', '--engine', none], { stop: stop.signal, errors });
    expect(ended).toMatchObject({ code: 0 });
  });
});
