import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { parseRevision } from '../../src/process/index.js';
import { dist, DOCKER_MACHINE, Machine, ROOT } from './machine.js';
import { start } from './run.js';
import { startSimulator } from './simulator.js';

const DRIVER = 'docker-machine-driver-nutanix';
const FLEETING = 'fleeting-plugin-nutanix';
const PROGRAMS = [DRIVER, FLEETING, 'nutanix-hosts', 'nutanix-volume', 'prism-simulator'];
/** The executable that is all of them. */
const ALL = 'nutanix-docker';
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const bare = { env: { PATH: process.env['PATH'] } };

/** What is shipped: one executable by several names, and the same programs for Node. */
describe.each([ALL, ...PROGRAMS])('%s', (name) => {
  test.each([
    ['executable', dist(name)],
    ['Node build', join(ROOT, 'dist', 'node', 'bin', `${name}.js`)],
  ])('%s: can be run, and knows version and help', async (_, path) => {
    expect(statSync(path).mode & 0o111).toBe(0o111);
    const asked = await start(path, ['--version'], bare).outcome;
    // The plugin for GitLab says as much as every plugin of its kind.
    const said = name === FLEETING ? (expect.stringContaining(version) as unknown) : `${name} ${version}\n`;
    expect(asked).toMatchObject({ code: 0, stdout: said });
    const help = await start(path, ['--help'], bare).outcome;
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining(name) as unknown });
  });
});

test('both builds of the plugin for GitLab say the same commit', async () => {
  const said = async (path: string): Promise<unknown> => {
    const { stdout } = await start(path, ['version'], bare).outcome;
    const recorded = /^Git revision: ([0-9a-f]{12}(?:-dirty)?)$[^]*^Built: {8}(\d{4}-\d\d-\d\dT[\d:]{8}Z)$/m;
    return recorded.exec(stdout)?.slice(1).join(' ');
  };
  const [executable, node] = [dist(FLEETING), join(ROOT, 'dist', 'node', 'bin', `${FLEETING}.js`)];
  // Sources that are no checkout have none.
  const isCheckout = parseRevision(execFileSync('bash', ['scripts/revision.sh'], { cwd: ROOT }).toString());
  const expected: unknown = isCheckout === undefined ? undefined : expect.any(String);
  expect(await said(executable)).toEqual(expected);
  expect(await said(node)).toEqual(await said(executable));
});

describe('the executable', () => {
  const folder = mkdtempSync(join(tmpdir(), 'packaging-'));
  const copy = join(folder, ALL);
  beforeAll(() => copyFileSync(dist(ALL), copy));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  /** Help of the copy, which has nothing beside it. */
  const help = async (name: string, args: readonly string[], variables = {}) =>
    await start(join(folder, name), [...args, '--help'], { env: variables }).outcome;

  test.each([
    ['driver', 'docker-machine-driver-nutanix'],
    ['hosts', 'nutanix-hosts'],
    ['volume', 'nutanix-volume'],
    ['fleeting', FLEETING],
    ['simulator', 'prism-simulator'],
  ])('is %s by that word, and %s by that name, in front or as its own', async (word, name) => {
    const byWord = await help(ALL, [word]);
    expect(byWord).toMatchObject({ code: 0, stdout: expect.stringContaining(name) as unknown });
    expect(await help(ALL, [name])).toMatchObject({ code: 0, stdout: byWord.stdout });
    symlinkSync(ALL, join(folder, `${name}-linux-arm64`));
    expect(await help(`${name}-linux-arm64`, [])).toMatchObject({ code: 0, stdout: byWord.stdout });
  });

  test('refuses what is no program, and tells which there are', async () => {
    const { code, stdout, stderr } = await start(copy, ['hots'], { env: {} }).outcome;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('there is no "hots"');
    for (const name of PROGRAMS) expect(stderr).toContain(name);
  });

  test('is the driver for a client, whatever its name', async () => {
    const plugin = start(copy, [], {
      env: { MACHINE_PLUGIN_TOKEN: '42', MACHINE_PLUGIN_DRIVER_NAME: 'nutanix' },
    });
    await plugin.seen(/^127\.0\.0\.1:\d+$/m);
    plugin.killGroup();
    await plugin.outcome;
  });

  test('is the fleeting plugin for a runner, whatever its name', async () => {
    const cookie = { FLEETING_INSTANCE_GROUP_PLUGIN: '4c6410b1-cb78-4962-8c76-ab936d0ea908' };
    const plugin = start(copy, [], { env: { ...cookie, TMPDIR: folder } });
    await plugin.seen(/^1\|0\|unix\|.*\/plugin\d+\.[0-9a-z]+\|grpc\|$/m);
    plugin.killGroup();
    await plugin.outcome;
  });

  // One file of all took a plugin a third longer until its address line: the runtime takes in a file whole.
  test('has what programs load later in files of their own', () => {
    const inside = readFileSync(copy, 'latin1').matchAll(/\/\$bunfs\/root\/chunk-\w+\.js/g);
    expect(new Set([...inside].map(([path]) => path)).size).toBeGreaterThan(20);
  });

  test('has no path of the machine that built it inside', () => {
    expect(readFileSync(copy).includes(`${ROOT}/`)).toBe(false);
  });
});

describe('make install', () => {
  test('puts the executables into PREFIX/bin, and uninstall takes them away', async () => {
    const prefix = mkdtempSync(join(tmpdir(), 'prefix-'));
    const make = (target: string, ...variables: readonly string[]) =>
      start('make', ['-C', ROOT, target, `PREFIX=${prefix}`, ...variables], { env: process.env }).outcome;
    const inode = (name: string): number => statSync(join(prefix, 'bin', name)).ino;
    const launcher = dist(join('launcher', DRIVER));
    const told = existsSync(launcher) ? 'is a launcher' : 'is the program itself';
    expect(await make('install')).toMatchObject({ code: 0, stdout: expect.stringContaining(told) as string });
    if (existsSync(launcher)) {
      const installed = readFileSync(join(prefix, 'bin', DRIVER));
      expect(installed.equals(readFileSync(launcher))).toBe(true);
      expect(inode(`${DRIVER}-program`)).toBe(inode(ALL));
    }
    expect(await make('install', 'AGENT=off')).toMatchObject({ code: 0 });
    expect(readdirSync(join(prefix, 'bin')).sort()).toEqual([ALL, ...PROGRAMS].sort());
    expect(new Set(PROGRAMS.map(inode))).toEqual(new Set([inode(ALL)]));
    expect(await make('install')).toMatchObject({ code: 0 });
    expect(await make('uninstall')).toMatchObject({ code: 0 });
    expect(readdirSync(join(prefix, 'bin'))).toEqual([]);
    rmSync(prefix, { recursive: true });
  });
});

describe('the folder it is started in has no say', () => {
  const folder = mkdtempSync(join(tmpdir(), 'elsewhere-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('.env and bunfig.toml are not read', async () => {
    writeFileSync(join(folder, '.env'), 'MACHINE_PLUGIN_TOKEN=42\n');
    writeFileSync(join(folder, 'bunfig.toml'), 'preload = ["./evil.js"]\n');
    writeFileSync(join(folder, 'evil.js'), 'console.log("EVIL")\n');
    const { code, output } = await start(dist('docker-machine-driver-nutanix'), [], { env: {}, cwd: folder })
      .outcome;
    expect(output).not.toContain('EVIL');
    expect({ code, output }).toMatchObject({
      code: 1,
      output: expect.stringContaining('a plugin of') as unknown,
    });
  });

  test('no module is loaded from it, whatever its name', async () => {
    for (const name of packageNames()) {
      const path = join(folder, 'node_modules', name);
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, 'package.json'), '{ "main": "index.js" }');
      writeFileSync(join(path, 'index.js'), `console.log('EVIL', ${JSON.stringify(name)})`);
    }
    const simulator = await startSimulator({ guests: 'none', cwd: folder });
    const machine = new Machine(DOCKER_MACHINE, simulator.env, folder);
    const creating = machine.start('create', '-d', 'nutanix', 'web-1');
    await creating.seen(/waiting for SSH login/);
    creating.killGroup();
    const { output } = await creating.outcome;
    machine.dispose();
    expect(output + (await simulator.stop())).not.toContain('EVIL');
  });
});

/** Every package that package-lock.json speaks of, optional and peer dependencies that are not installed too. */
function packageNames(): Set<string> {
  const names = z.record(z.string(), z.unknown()).optional();
  const entry = z.looseObject({ dependencies: names, optionalDependencies: names, peerDependencies: names });
  const lock = z.object({ packages: z.record(z.string(), entry) });
  const { packages } = lock.parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));
  const named = Object.entries(packages).flatMap(
    ([path, { dependencies, optionalDependencies, peerDependencies }]) => [
      path.replace(/^.*node_modules\//, ''),
      ...Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }),
    ],
  );
  return new Set(named.filter((name) => name !== ''));
}
