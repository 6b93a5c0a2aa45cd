import {
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
import { ROOT } from './machine.js';
import { start, type Outcome } from './run.js';

const NAMES = [
  'docker-machine-driver-nutanix',
  'fleeting-plugin-nutanix',
  'nutanix-hosts',
  'nutanix-volume',
  'prism-simulator',
];
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const folder = mkdtempSync(join(tmpdir(), 'release-'));
const [first, second] = [join(folder, 'first'), join(folder, 'second')];
const archive = `nutanix-docker-${version}-linux-x64`;
const isX64 = process.arch === 'x64' && process.platform === 'linux';
const onX64 = isX64 ? test : test.skip;
/** Quick forms of what this machine can make without a download. */
const targets = ['linux-x64', 'deb-amd64', 'npm'].filter((name) => isX64 || name === 'npm').join(' ');

async function run(command: string, args: readonly string[], cwd = folder, variables = {}): Promise<Outcome> {
  const outcome = await start(command, args, { env: { ...process.env, ...variables }, cwd }).outcome;
  expect(outcome).toMatchObject({ code: 0 });
  return outcome;
}

const release = (out: string, variables = {}): Promise<Outcome> =>
  run('bash', ['scripts/release.sh'], ROOT, {
    RELEASE_TARGETS: targets,
    RELEASE_FOLDER: out,
    RELEASE_GZIP: '1',
    SOURCE_DATE_EPOCH: '1767225600',
    ...variables,
  });

beforeAll(async () => {
  await release(first);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('two runs write the same bytes, whatever the umask, the time zone and the language', async () => {
  const script = 'umask 077; exec bash scripts/release.sh';
  await run('bash', ['-c', script], ROOT, {
    RELEASE_TARGETS: targets,
    RELEASE_FOLDER: second,
    RELEASE_GZIP: '1',
    SOURCE_DATE_EPOCH: '1767225600',
    TZ: 'Pacific/Auckland',
    LANG: 'de_DE.UTF-8',
  });
  const sums = (path: string): string => readFileSync(join(path, 'SHA256SUMS'), 'utf8');
  expect(sums(second)).toBe(sums(first));
  await run('sha256sum', ['--check', '--strict', 'SHA256SUMS'], first);
  expect(sums(first).trim().split('\n')).toHaveLength(readdirSync(first).length - 1);
});

onX64('the archive has one file by the names of all programs, with licences', async () => {
  await run('tar', ['-xzf', join(first, `${archive}.tar.gz`)]);
  const path = (name: string): string => join(folder, archive, name);
  for (const name of NAMES) {
    expect(statSync(path(name)).ino).toBe(statSync(path('nutanix-docker')).ino);
    expect((await run(path(name), ['--version'])).stdout).toContain(version);
  }
  expect(readdirSync(join(folder, archive))).toEqual(
    expect.arrayContaining(['LICENSE', 'NOTICE', 'README.md']),
  );
  const notices = readFileSync(path('THIRD-PARTY-NOTICES'), 'utf8');
  for (const name of ['bun', 'axios', 'fastify', 'zod'])
    expect(notices).toMatch(new RegExp(`^${name}[@ ]\\d`, 'm'));
  expect(notices).toContain('GNU LIBRARY GENERAL PUBLIC LICENSE');
  // The one that is stored as a file, and not as a link to it: what takes one file out of it finds the driver.
  const { stdout } = await run('tar', ['-tvzf', join(first, `${archive}.tar.gz`)]);
  expect(stdout).toMatch(/^-rwxr-xr-x 0\/0 .*\/docker-machine-driver-nutanix$/m);
});

onX64('the bill of materials names what is inside with its licence, and what is not it does not name', () => {
  const bom = z
    .object({
      bomFormat: z.literal('CycloneDX'),
      components: z.array(
        z.looseObject({ name: z.string(), 'bom-ref': z.string(), licenses: z.array(z.unknown()).min(1) }),
      ),
      dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
    })
    .parse(JSON.parse(readFileSync(join(first, `nutanix-docker-${version}.cdx.json`), 'utf8')));
  const names = bom.components.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['bun', 'axios', 'fastify', 'ssh2', 'zod']));
  for (const other of ['jest', 'typescript', 'eslint', 'cpu-features']) expect(names).not.toContain(other);
  const known = new Set([...bom.components.map((part) => part['bom-ref']), bom.dependencies[0]?.ref]);
  expect(
    bom.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((reference) => !known.has(reference)),
  ).toEqual([]);
});

onX64(
  'the Debian package has the launcher in front of the program, units that start nothing, completion',
  async () => {
    const root = join(folder, 'debian');
    await run('dpkg-deb', ['-x', join(first, `nutanix-docker_${version}_amd64.deb`), root]);
    const units = join(root, 'usr/lib/systemd/system');
    expect(readdirSync(units).sort()).toEqual([
      'nutanix-volume-announce.service',
      'nutanix-volume.service',
      'nutanix-volume.socket',
    ]);
    for (const name of readdirSync(units))
      expect(readFileSync(join(units, name), 'utf8')).toContain(
        'ConditionPathExists=/etc/nutanix-volume/nutanix-volume.yaml',
      );
    expect(readFileSync(join(root, 'usr/share/bash-completion/completions/nutanix-hosts'), 'utf8')).toContain(
      'complete',
    );
    const bin = join(root, 'usr/bin');
    expect(statSync(join(bin, 'docker-machine-driver-nutanix')).size).toBeLessThan(2_000_000);
    for (const name of NAMES) expect((await run(join(bin, name), ['--version'])).stdout).toContain(version);
  },
);

describe('the npm package', () => {
  const project = join(folder, 'project');
  const modules = join(project, 'node_modules');
  beforeAll(async () => {
    mkdirSync(join(modules, '@types'), { recursive: true });
    await run('tar', ['-xzf', join(first, `docker-machine-driver-nutanix-${version}.tgz`), '-C', modules]);
    await run('mv', ['package', 'docker-machine-driver-nutanix'], modules);
    symlinkSync(join(ROOT, 'node_modules'), join(modules, 'docker-machine-driver-nutanix', 'node_modules'));
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  });

  test('is a simulator for tests of others', async () => {
    writeFileSync(
      join(project, 'use.mjs'),
      `import https from 'node:https';
       import { startPrismSimulator } from 'docker-machine-driver-nutanix/simulator';
       const simulator = await startPrismSimulator({ apis: ['v3'] });
       const { url, certificatePem: ca, username, password } = simulator;
       const request = https.request(url + '/api/nutanix/v3/clusters/list', { method: 'POST', ca, auth: username + ':' + password, headers: { 'content-type': 'application/json' } });
       request.end('{"kind":"cluster"}');
       const [response] = await new Promise((resolve) => request.on('response', (...all) => resolve(all)));
       let body = '';
       for await (const chunk of response) body += chunk;
       console.log(response.statusCode, body.includes(simulator.names.cluster));
       await simulator.close();`,
    );
    expect((await run('node', ['use.mjs'], project)).stdout).toBe('200 true\n');
  });

  test('can be required by CommonJS, too', async () => {
    writeFileSync(
      join(project, 'use.cjs'),
      `const { startPrismSimulator } = require('docker-machine-driver-nutanix/simulator');
       startPrismSimulator().then(async (simulator) => { console.log(simulator.vms()); await simulator.close(); });`,
    );
    expect((await run('node', ['use.cjs'], project)).stdout).toBe('[]\n');
  });

  test.each([
    ['node16', ['--module', 'node16']],
    ['bundler', ['--module', 'esnext', '--moduleResolution', 'bundler']],
  ])('has types that stand alone, resolved as %s', async (_, resolution) => {
    writeFileSync(
      join(project, 'use.ts'),
      `import { startPrismSimulator, type PrismSimulator } from 'docker-machine-driver-nutanix/simulator';
       const simulator: PrismSimulator = await startPrismSimulator({ profile: 'fast', guests: { kind: 'emulated', sshPort: 2222 } });
       const names: readonly string[] = simulator.vms().map(({ name }) => name);
       const environment: Readonly<Record<string, string>> = { ...simulator.environment, FIRST: names[0] ?? '' };
       console.log(environment);
       await simulator.close();`,
    );
    const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
    const flags = ['--strict', '--noEmit', '--target', 'es2023', ...resolution];
    await run(tsc, [...flags, 'use.ts'], project);
  });
});
