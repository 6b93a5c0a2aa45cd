import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VERSION } from '../../../src/process/index.js';
import { FleetingHost } from '../fleeting/host.js';

const ROOT = join(__dirname, '../../..');
/** `make tools` builds it. */
const INSTALLER = join(ROOT, '.tools/fleeting-installer');
const folder = mkdtempSync(join(tmpdir(), 'fleeting-image-'));
const [released, layout, plugins] = ['released', 'layout', 'plugins'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
/** As Go calls it. */
const architecture = process.arch === 'x64' ? 'amd64' : process.arch;

beforeAll(() => {
  const env = { ...process.env, RELEASE_TARGETS: 'fleeting-image', FLEETING_IMAGE: architecture };
  const more = { RELEASE_FOLDER: released, RELEASE_GZIP: '1' };
  execFileSync('bash', ['scripts/release.sh'], { cwd: ROOT, env: { ...env, ...more }, stdio: 'pipe' });
  mkdirSync(layout);
  mkdirSync(plugins);
  execFileSync('tar', ['-xf', join(released, `fleeting-plugin-nutanix-${VERSION}-oci.tar`), '-C', layout]);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs GitLab's installer in a network of its own, in which the registry has its well-known port. */
function install(
  address: string,
  plugin: string,
): { readonly code: number | null; readonly path: string; readonly errors: string } {
  const script = 'ip link set lo up && exec "$0" "$@"';
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    ['--map-root-user', '--net', 'sh', '-c', script, INSTALLER, layout, address, plugin],
    { env: { ...process.env, FLEETING_PLUGIN_PATH: plugins }, encoding: 'utf8' },
  );
  return { code: status, path: stdout.trim(), errors: stderr };
}

test("GitLab's installer finds the plugin in the image, and GitLab's host starts it where it lies", async () => {
  const { code, path } = install('127.0.0.1:80', `127.0.0.1/ci/nutanix:${VERSION}`);
  expect({ code, path }).toEqual({ code: 0, path: join(plugins, '127.0.0.1/ci/nutanix', VERSION, 'plugin') });
  expect(execFileSync(path, ['version'], { encoding: 'utf8' })).toContain(`Version:      ${VERSION}\n`);
  const host = new FleetingHost(path);
  await host.start({});
  await expect(host.init()).rejects.toThrow('max_size is required');
  await host.close();
  // The same file again installs nothing: the runner's next start does.
  expect(install('127.0.0.1:80', `127.0.0.1/ci/nutanix:${VERSION}`).path).toBe(path);
});

test('bootstrap puts the program to where the runner looks for a plugin of this name', () => {
  const path = join(plugins, '127.0.0.1/ci/nutanix', VERSION, 'plugin');
  const env = { ...process.env, FLEETING_PLUGIN_PATH: plugins };
  const target = execFileSync(path, ['bootstrap', 'registry.example.com/Group/nutanix'], {
    env,
    encoding: 'utf8',
  });
  expect(target).toBe(`${join(plugins, 'registry.example.com/!group/nutanix', VERSION)}\n`);
  expect(readdirSync(target.trim())).toEqual(['plugin']);
});
