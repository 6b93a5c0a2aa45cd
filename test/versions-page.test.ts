import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');
const page = read('docs', 'versions.md');

/** The version of a module that a go.mod, or a file like it, pins, replacements applied. */
function pinned(folder: string, module: string, file = 'go.mod'): string {
  const text = read('test', 'interop', folder, file);
  const name = module.replaceAll('.', '\\.');
  const replaced = new RegExp(`^replace ${name} => \\S+ (\\S+)$`, 'm').exec(text);
  const required = new RegExp(`^(?:require|\\t)\\s*${name} (\\S+)`, 'm').exec(text);
  return (replaced ?? required)?.[1] ?? `no ${module} in ${folder}`;
}

/** The version of one of Nutanix's SDKs for Python. */
function sdk(file: string, name: string): string {
  const text = read('test/interop/v4-sdk/requirements', `${file}.txt`);
  return new RegExp(`^ntnx-${name}-py-client==(\\S+)`, 'm').exec(text)?.[1] ?? `no ${name} in ${file}`;
}

/** The first group of the pattern in a file of the project. */
function found(path: string, pattern: RegExp): string {
  return pattern.exec(read(path))?.[1] ?? `nothing in ${path}`;
}

const goClients = 'github.com/nutanix/ntnx-api-golang-clients';

test.each<[string, readonly string[]]>([
  ['docker-machine (GitLab', [pinned('docker-machine', 'github.com/docker/machine')]],
  ['rancher-machine', [pinned('rancher-machine', 'github.com/rancher/machine')]],
  ["official driver's machines", [found('docs/compatibility.md', /(nutanix\/docker-machine v[\d.]*\d)/)]],
  [
    'Prism Central, API v4',
    [
      ...(/const RELEASES = \[([^\]]+)\]/.exec(read('src/simulator/v4/versions.ts'))?.[1] ?? '').matchAll(
        /'([^']+)'/g,
      ),
    ].map(([, release = '']) => release),
  ],
  ['prism-go-client (v3)', [pinned('prism-go-client', 'github.com/nutanix-cloud-native/prism-go-client')]],
  [
    'prism-go-client (v4)',
    [
      pinned('prism-go-client-v4', 'github.com/nutanix-cloud-native/prism-go-client'),
      ...['vmm-go-client', 'prism-go-client', 'volumes-go-client'].map((name) =>
        pinned('prism-go-client-v4', `${goClients}/${name}/v4`),
      ),
    ],
  ],
  [
    "Nutanix's SDKs for Python",
    [sdk('v4.0', 'vmm'), ...['vmm', 'prism', 'volumes'].map((name) => `${name} ${sdk('newest', name)}`)],
  ],
  [
    'Container Storage Interface',
    [
      pinned('csi', 'github.com/container-storage-interface/spec'),
      pinned('csi', 'github.com/kubernetes-csi/csi-test/v5'),
    ],
  ],
  [
    "GitLab's fleeting",
    [
      pinned('fleeting', 'gitlab.com/gitlab-org/fleeting/fleeting'),
      pinned('fleeting', 'gitlab.com/gitlab-org/fleeting/fleeting', 'fleeting-2024.mod'),
    ],
  ],
  ["GitLab's taskscaler", [pinned('fleeting', 'gitlab.com/gitlab-org/fleeting/taskscaler')]],
  [
    'guests with an engine (container)',
    [
      found('scripts/guest-image/build.sh', /^suite=\$\{GUEST_SUITE:-(\w+)\}/m),
      found('scripts/guest-image/packages', /^(docker\.io)$/m),
    ],
  ],
  [
    'guests with a kernel (QEMU)',
    [
      found('scripts/qemu-guest/build.sh', /^suite=(\w+)$/m),
      found('scripts/qemu-guest/packages', /^(linux-image\S+)$/m),
      found('scripts/qemu-guest/packages', /^(docker\.io)$/m),
    ],
  ],
  ['Bun, inside', [found('package-lock.json', /"node_modules\/bun": \{\s+"version": "([^"]+)"/)]],
  ["the fleeting plugin's image", [found('scripts/release.sh', /^C_LIBRARY_SUITE=(\w+)$/m)]],
  [
    "the simulator's page",
    [
      found('package-lock.json', /"node_modules\/playwright-core": \{\s+"version": "([^"]+)"/),
      found('scripts/browser.sh', /^for package in (\S+)/m),
    ],
  ],
  ['Node.js', [found('package.json', /"node": ">=([^"]+)"/)]],
])('docs/versions.md tells what is pinned of: %s', (what, versions) => {
  const row = page.split('\n').find((line) => line.startsWith(`| ${what}`)) ?? '';
  expect(versions.length).toBeGreaterThan(0);
  const words = row.split(/[\s,|()]+/);
  const isTold = (version: string): boolean =>
    version.includes(' ') ? row.includes(version) : words.includes(version);
  expect(versions.filter((version) => !isTold(version))).toEqual([]);
});

test('there is a fleeting plugin when docs/gitlab-runner.md says so, and not before', () => {
  const isThere = readdirSync(join(ROOT, 'src', 'bin')).some((name) => name.startsWith('fleeting-plugin-'));
  expect(read('docs', 'gitlab-runner.md').includes('There is none yet.')).toBe(!isThere);
});
