import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dist, ROOT } from './machine.js';
import { start } from './run.js';

jest.setTimeout(60_000);

const NAMES = ['docker-machine-driver-nutanix', 'prism-simulator'];
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

/** What is shipped: single executable files, and the same programs for Node. */
describe.each(NAMES)('%s', (name) => {
  const node = join(ROOT, 'dist', 'node', 'bin', `${name}.js`);
  const folder = mkdtempSync(join(tmpdir(), 'packaging-'));
  const bare = { PATH: process.env['PATH'] };
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
    expect((await start(join(folder, name), ['--version'], {}).outcome).code).toBe(0);
  });

  test('no path of the machine that built it is inside', () => {
    expect(readFileSync(dist(name)).includes(`${ROOT}/`)).toBe(false);
  });
});

describe('make install', () => {
  test('puts the executables into PREFIX/bin, and uninstall takes them away', async () => {
    const prefix = mkdtempSync(join(tmpdir(), 'prefix-'));
    const make = (target: string) =>
      start('make', ['-C', ROOT, target, `PREFIX=${prefix}`], process.env).outcome;
    expect(await make('install')).toMatchObject({ code: 0 });
    expect(readdirSync(join(prefix, 'bin')).sort()).toEqual(NAMES);
    expect(await make('uninstall')).toMatchObject({ code: 0 });
    expect(readdirSync(join(prefix, 'bin'))).toEqual([]);
    rmSync(prefix, { recursive: true });
  });
});

describe('the folder it is started in', () => {
  test('has no say: .env and bunfig.toml are not read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'elsewhere-'));
    writeFileSync(join(folder, '.env'), 'MACHINE_PLUGIN_TOKEN=42\n');
    writeFileSync(join(folder, 'bunfig.toml'), 'preload = ["./evil.ts"]\n');
    writeFileSync(join(folder, 'evil.ts'), 'console.log("evil")\n');
    const { code, output } = await start('sh', ['-c', `cd '${folder}' && exec '${dist(NAMES[0] ?? '')}'`], {
      PATH: process.env['PATH'],
    }).outcome;
    expect(output).not.toContain('evil');
    expect({ code, output }).toMatchObject({
      code: 1,
      output: expect.stringContaining('a plugin of docker-machine') as unknown,
    });
    rmSync(folder, { recursive: true });
  });
});
