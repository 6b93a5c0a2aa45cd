import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { VERSION } from '../../../src/process/index.js';
import { describeWith, startEmptyEngine } from '../../e2e/container/engine.js';
import { ownNumber } from '../../e2e/own-number.js';
import { FleetingHost } from '../fleeting/host.js';

const ROOT = join(__dirname, '../../..');
/** `make tools` builds it. */
const INSTALLER = join(ROOT, '.tools/fleeting-installer');
const NAME = 'fleeting-plugin-nutanix';
const engine = startEmptyEngine();
const folder = mkdtempSync(join(tmpdir(), 'fleeting-image-'));
const [released, layout, plugins] = ['released', 'layout', 'plugins'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
/** As Go calls it. */
const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
/** What is installed: the starter, the program, and what it needs where nothing else is. */
const FILES = [
  'LICENSES',
  NAME,
  process.arch === 'x64' ? 'ld-linux-x86-64.so.2' : 'ld-linux-aarch64.so.1',
  'libc.so.6',
  'libdl.so.2',
  'libm.so.6',
  'libpthread.so.0',
  'plugin',
];

/** Of CycloneDX 1.5, as far as ours say it; its schema takes no other type of a reference. */
const COMPONENT = z.object({
  name: z.string(),
  purl: z.string(),
  externalReferences: z
    .array(z.object({ type: z.enum(['distribution', 'license', 'vcs', 'issue-tracker', 'website']) }))
    .default([]),
});

const initContainerShape = z.object({
  args: z.array(z.string()),
  securityContext: z.object({ runAsUser: z.number() }),
  volumeMounts: z.tuple([z.object({ mountPath: z.string() })]),
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], variables: Readonly<Record<string, string>>): Ended {
  const env = { ...process.env, ...variables };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, env, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

/** It has succeeded; what it has said is in the failure otherwise: the release names on stdout what it cannot make, and why. */
function expectDone({ code, stdout, stderr }: Ended): void {
  expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
}

/** Makes the image in a folder; what SHA256SUMS says of it. */
function make(out: string, script: string, variables: Readonly<Record<string, string>> = {}): string {
  const wanted = { RELEASE_TARGETS: 'fleeting-image', FLEETING_IMAGE: architecture };
  const how = { RELEASE_FOLDER: out, RELEASE_GZIP: '1', SOURCE_DATE_EPOCH: '1767225600' };
  expectDone(run('bash', ['-c', script], { ...wanted, ...how, ...variables }));
  return readFileSync(join(out, 'SHA256SUMS'), 'utf8');
}

let sums = '';
beforeAll(() => {
  sums = make(released, 'exec bash scripts/release.sh');
  mkdirSync(layout);
  mkdirSync(plugins);
  execFileSync('tar', ['-xf', join(released, `${NAME}-${VERSION}-oci.tar`), '-C', layout]);
});

afterAll(() => {
  engine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The runner finds this plugin, and starts it: GitLab's host gets its answer. */
async function expectStarted(path: string): Promise<void> {
  const host = new FleetingHost(path);
  try {
    await host.start({});
    await expect(host.init()).rejects.toThrow('max_size is required');
  } finally {
    await host.close();
  }
}

/** What GitLab's installer has installed, or found, in this folder. Its registry has the well-known port of a network of its own. */
function install(plugin: string, into = plugins): { readonly code: number | null; readonly path: string } {
  const script = 'ip link set lo up && exec "$0" "$@"';
  const { code, stdout } = run(
    'unshare',
    ['--map-root-user', '--net', 'sh', '-c', script, INSTALLER, layout, '127.0.0.1:80', plugin],
    { FLEETING_PLUGIN_PATH: into },
  );
  return { code, path: stdout.trim() };
}

/** A program that starts the plugin with this folder as its root, and those mounted into it: its socket is in the temporary one. */
function startedIn(root: string, mounts: readonly string[]): string {
  const started = join(root, 'started');
  const script = mounts.map((mount) => `mount --rbind ${mount.replace(' ', ` ${root}/`)}`).join('; ');
  writeFileSync(
    started,
    `#!/bin/sh\nexec unshare --map-root-user --mount sh -ec '${script}; exec chroot ${root} /plugin/plugin'\n`,
    { mode: 0o755 },
  );
  return started;
}

/** With a program of a computer that has no C library, or one of Alpine, which GNU's programs cannot use. */
const LIBRARIES_OF_OTHERS: readonly (readonly [string, readonly string[]])[] = [
  ['no C library', []],
  [
    "the C library of Alpine, and a file of the name of GNU's",
    [
      'lib/ld-musl-x86_64.so.1',
      'lib/ld-musl-aarch64.so.1',
      'lib64/ld-linux-x86-64.so.2',
      'lib/ld-linux-aarch64.so.1',
    ],
  ],
];

describe("GitLab's installer", () => {
  test("finds the plugin in the image, and GitLab's host starts it where it lies", async () => {
    const { code, path } = install(`127.0.0.1/ci/nutanix:${VERSION}`);
    const target = join(plugins, '127.0.0.1/ci/nutanix', VERSION);
    expect({ code, path }).toEqual({ code: 0, path: join(target, 'plugin') });
    expect(readdirSync(target).sort()).toEqual(FILES);
    expect(execFileSync(path, ['version'], { encoding: 'utf8' })).toContain(`Version:      ${VERSION}\n`);
    await expectStarted(path);
    // The same file again installs nothing: the runner's next start does.
    expect(install(`127.0.0.1/ci/nutanix:${VERSION}`).path).toBe(path);
  });

  test.each(LIBRARIES_OF_OTHERS)(
    "installs what GitLab's host starts where there is %s",
    async (_, others) => {
      const root = mkdtempSync(join(folder, 'other-'));
      for (const name of ['proc', 'dev', 'tmp', 'plugin', 'lib', 'lib64'])
        mkdirSync(join(root, name), { recursive: true });
      for (const name of others) writeFileSync(join(root, name), 'not a loader', { mode: 0o755 });
      const installed = `${join(plugins, '127.0.0.1/ci/nutanix', VERSION)} plugin`;
      await expectStarted(startedIn(root, ['/proc proc', '/dev dev', `${tmpdir()} tmp`, installed]));
    },
  );

  test("GitLab's host starts it with the C library of this computer, where there is GNU's and none of musl's", async () => {
    const root = mkdtempSync(join(folder, 'gnu-'));
    const libraries = `lib/${process.arch === 'x64' ? 'x86_64' : 'aarch64'}-linux-gnu`;
    for (const name of ['proc', 'dev', 'tmp', 'plugin', libraries, 'lib64'])
      mkdirSync(join(root, name), { recursive: true });
    const loader = process.arch === 'x64' ? 'lib64/ld-linux-x86-64.so.2' : 'lib/ld-linux-aarch64.so.1';
    symlinkSync(`/${libraries}/${basename(loader)}`, join(root, loader));
    // Without the libraries beside it, it could not do without those of the computer.
    for (const name of ['plugin', NAME])
      copyFileSync(join(plugins, '127.0.0.1/ci/nutanix', VERSION, name), join(root, 'plugin', name));
    await expectStarted(
      startedIn(root, ['/proc proc', '/dev dev', `${tmpdir()} tmp`, `/${libraries} ${libraries}`]),
    );
  });

  test('may leave it to bootstrap, which puts the program to where the runner looks for this name', () => {
    const path = join(plugins, '127.0.0.1/ci/nutanix', VERSION, 'plugin');
    const asked = ['bootstrap', 'registry.example.com/Group/nutanix'];
    const { stdout } = run(path, asked, { FLEETING_PLUGIN_PATH: plugins });
    expect(stdout).toBe(`${join(plugins, 'registry.example.com/!group/nutanix', VERSION)}\n`);
    expect(readdirSync(stdout.trim()).sort()).toEqual(FILES);
  });
});

/** The one of docs/gitlab-runner.md. */
function initContainer(): z.infer<typeof initContainerShape> {
  const page = readFileSync(join(ROOT, 'docs/gitlab-runner.md'), 'utf8');
  const pod: unknown = parse(/^```yaml\n(initContainers:.*?)^```$/ms.exec(page)?.[1] ?? '');
  return z.object({ initContainers: z.tuple([initContainerShape]) }).parse(pod).initContainers[0];
}

/** With an engine that pulls the image from a registry, as the kubelet does. */
describeWith(engine)('in a container', () => {
  const image = `127.0.0.1:${20_000 + ownNumber(8_000)}/ci/nutanix:${VERSION}`;
  const docker = (...args: string[]): Ended => run('docker', args, { DOCKER_HOST: engine?.dockerHost ?? '' });
  const {
    args,
    volumeMounts,
    securityContext: { runAsUser: user },
  } = initContainer();
  /** As the init container is run. */
  const CAREFUL = [
    '--rm',
    '--network',
    'none',
    '--read-only',
    '--cap-drop',
    'ALL',
    '--user',
    String(user),
  ].concat('--security-opt', 'no-new-privileges');
  const bootstrap = (volume: readonly string[], repository = 'registry.example.com/ci/nutanix:0.1'): Ended =>
    docker('run', ...CAREFUL, ...volume, image, 'bootstrap', repository);

  beforeAll(() => {
    const [address = ''] = image.split('/');
    const env = { DOCKER_HOST: engine?.dockerHost ?? '' };
    expectDone(run(INSTALLER, [layout, address, image, 'docker', 'pull', '--quiet', image], env));
  });

  /** A folder as a volume for a container. */
  function volume(name: string, mode: number, owner = 0): string {
    const path = join(folder, name);
    mkdirSync(path);
    chmodSync(path, mode);
    chownSync(path, owner, owner);
    return path;
  }

  test('says its version', () => {
    const { code, stdout } = docker('run', ...CAREFUL, image, '--version');
    expect(code).toBe(0);
    expect(stdout).toContain(`Version:      ${VERSION}\n`);
  });

  test('installs itself into a volume as the documents say, once, and the runner starts it there', async () => {
    const path = volume('shared', 0o777);
    const asked = ['run', ...CAREFUL, '--volume', `${path}:${volumeMounts[0].mountPath}`, image, ...args];
    const said = { code: 0, stdout: `/plugins/registry.example.com/ci/nutanix/${VERSION}\n`, stderr: '' };
    expect(docker(...asked)).toEqual(said);
    expect(docker(...asked)).toEqual(said);
    expect(readdirSync(path)).toEqual(['registry.example.com']);
    await expectStarted(join(path, 'registry.example.com/ci/nutanix', VERSION, 'plugin'));
  });

  test("GitLab's installer finds what it has installed, and installs nothing", () => {
    const path = volume('found', 0o777);
    expectDone(bootstrap(['--volume', `${path}:/plugins`], '127.0.0.1/ci/nutanix'));
    const found = join(path, '127.0.0.1/ci/nutanix', VERSION, 'plugin');
    expect(install(`127.0.0.1/ci/nutanix:${VERSION}`, path)).toEqual({ code: 0, path: found });
    expect(lstatSync(found).uid).toBe(user);
  });

  test('without any option it installs itself too, as the pages of GitLab say', () => {
    const path = volume('private', 0o700);
    const asked = [
      'run',
      '--rm',
      '--network',
      'none',
      '--volume',
      `${path}:/plugins`,
      image,
      'bootstrap',
      'nutanix',
    ];
    const installed = `registry.gitlab.com/gitlab-org/fleeting/plugins/nutanix/${VERSION}`;
    expect(docker(...asked)).toEqual({ code: 0, stdout: `/plugins/${installed}\n`, stderr: '' });
    expect(readdirSync(join(path, installed)).sort()).toEqual(FILES);
  });

  const attempted = `${NAME}: install this plugin as "registry.example.com/ci/nutanix:0.1": `;
  const letWrite =
    "Run it as a user who may, or let this one write there (in Kubernetes: the pod's fsGroup).\n";
  test.each<[string, () => readonly string[], string]>([
    [
      'no volume',
      () => [],
      'the folder of plugins /plugins is not there; FLEETING_PLUGIN_PATH names another one, and a container needs a volume there\n',
    ],
    [
      'a volume of another user',
      () => ['--volume', `${volume('foreign', 0o755, 1000)}:/plugins`],
      `user 65533 may not write into /plugins, which belongs to user 1000 and group 1000, with mode 755. ${letWrite}`,
    ],
    [
      'a volume with a folder of another user in it',
      () => {
        const path = volume('half-foreign', 0o777);
        mkdirSync(join(path, 'registry.example.com'));
        return ['--volume', `${path}:/plugins`];
      },
      `user 65533 may not write into /plugins/registry.example.com, which belongs to user 0 and group 0, with mode 755. ${letWrite}`,
    ],
    [
      'a volume that is mounted read-only',
      () => ['--volume', `${volume('read-only', 0o777)}:/plugins:ro`],
      '/plugins is mounted read-only. Mount it so that it can be written.\n',
    ],
    [
      'a volume that is full',
      () => ['--tmpfs', '/plugins:size=16m,mode=777'],
      '/plugins has no room for SIZE MB. Make room there.\n',
    ],
  ])('%s is told of, and nothing half-done is left', (_, mounted, problem) => {
    const options = mounted();
    const { code, stdout, stderr } = bootstrap(options);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.replace(/\d+ MB/, 'SIZE MB')).toBe(`${attempted}${problem}`);
    const [path = ''] = options.at(-1)?.split(':') ?? [];
    if (existsSync(path))
      expect(readdirSync(path).filter((name) => name !== 'registry.example.com')).toEqual([]);
  });

  test('has what the plugin needs, the licences of all that, and no other file', () => {
    const container = docker('create', image).stdout.trim();
    const root = join(folder, 'root');
    mkdirSync(root);
    // What is mounted into every container is in it, too: files without content.
    const script = `docker export ${container} | tar -x -C ${root}; docker rm ${container}`;
    expectDone(run('bash', ['-c', script], { DOCKER_HOST: engine?.dockerHost ?? '' }));
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => {
      const entry = lstatSync(join(root, path));
      return entry.isFile() && entry.size > 0;
    });
    expect(files.sort()).toEqual(FILES.map((name) => `plugin/${name}`));
    const told = readFileSync(join(root, 'plugin/LICENSES'), 'utf8');
    for (const name of ['bun', '@grpc/grpc-js', 'libc6'])
      expect(told).toMatch(new RegExp(`^${name}[@ ]\\d`, 'm'));
    for (const licence of ['Apache License', 'GNU LESSER GENERAL PUBLIC LICENSE'])
      expect(told).toMatch(new RegExp(`^ *${licence}$`, 'm'));
    const bill = z.object({ specVersion: z.literal('1.5'), components: z.array(COMPONENT) });
    const { components } = bill.parse(
      JSON.parse(readFileSync(join(released, `${NAME}-${VERSION}.cdx.json`), 'utf8')),
    );
    const [library] = components.filter(({ name }) => name === 'libc6').map(({ purl }) => purl);
    expect(library).toMatch(new RegExp(`^pkg:deb/debian/libc6@2\\.[^?]+\\?arch=${architecture}$`));
  });
});

test('two runs write the same bytes, whatever the umask, the time zone and the language', () => {
  const again = make(join(folder, 'again'), 'umask 077; exec bash scripts/release.sh', {
    TZ: 'Pacific/Auckland',
    LANG: 'de_DE.UTF-8',
  });
  expect(again).toBe(sums);
});
