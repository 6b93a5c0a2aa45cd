import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { dist, DOCKER_MACHINE, Machine, ROOT } from './machine.js';
import { start } from './run.js';
import { startSimulator } from './simulator.js';

const NAMES = ['docker-machine-driver-nutanix', 'nutanix-hosts', 'nutanix-volume', 'prism-simulator'];
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

/** What is shipped: single executable files, and the same programs for Node. */
describe.each(NAMES)('%s', (name) => {
  const node = join(ROOT, 'dist', 'node', 'bin', `${name}.js`);
  const folder = mkdtempSync(join(tmpdir(), 'packaging-'));
  const bare = { env: { PATH: process.env['PATH'] } };
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    ['executable', dist(name)],
    ['Node build', node],
  ])('%s: can be run, and knows version and help', async (_, path) => {
    expect(statSync(path).mode & 0o111).toBe(0o111);
    const asked = await start(path, ['--version'], bare).outcome;
    expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining(version) as unknown });
    const help = await start(path, ['--help'], bare).outcome;
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining(name) as unknown });
  });

  test('the executable is one file that needs nothing beside it', async () => {
    await start('cp', [dist(name), join(folder, name)], bare).outcome;
    expect((await start(join(folder, name), ['--version'], { env: {} }).outcome).code).toBe(0);
  });

  test('no path of the machine that built it is inside', () => {
    expect(readFileSync(dist(name)).includes(`${ROOT}/`)).toBe(false);
  });
});

describe('make install', () => {
  test('puts the executables into PREFIX/bin, and uninstall takes them away', async () => {
    const prefix = mkdtempSync(join(tmpdir(), 'prefix-'));
    const make = (target: string) =>
      start('make', ['-C', ROOT, target, `PREFIX=${prefix}`], { env: process.env }).outcome;
    expect(await make('install')).toMatchObject({ code: 0 });
    expect(readdirSync(join(prefix, 'bin')).sort()).toEqual(NAMES);
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
    const { output } = await machine.attempt('create', '-d', 'nutanix', '--nutanix-timeout', '1', 'web-1');
    machine.dispose();
    expect(output).toContain('Creating machine...');
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
