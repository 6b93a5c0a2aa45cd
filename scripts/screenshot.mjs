// node scripts/screenshot.mjs [FOLDER]: pictures of the simulator's page with a few hosts, as documentation shows it. Wants
// dist/ and Chromium (scripts/browser.sh). Debian's fonts-inter makes it look as it should, optipng makes it small.
import { randomUUID } from 'node:crypto';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';

const [pictures = 'docs/images'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'screenshot-'));
const envFile = join(folder, 'env');
const args = ['--port=0', '--profile=real', '--log=warn', `--environment-file=${envFile}`];
const simulator = spawn('dist/prism-simulator', args, { stdio: ['ignore', 'pipe', 'inherit'] });
process.once('exit', () => simulator.kill('SIGTERM'));
await new Promise((resolve) => simulator.stdout.once('data', resolve));
await sleep(200);
const env = Object.fromEntries(
  [...readFileSync(envFile, 'utf8').matchAll(/^export (\w+)='?(.*?)'?$/gm)].map(([, name, value]) => [
    name,
    value,
  ]),
);
const origin = `https://${env.NUTANIX_ENDPOINT}:${env.NUTANIX_PORT}`;

const browser = await chromium.launch({
  executablePath: execFileSync('bash', ['scripts/browser.sh'], { encoding: 'utf8' }).trim(),
  args: ['--disable-lcd-text'],
  chromiumSandbox: process.getuid?.() !== 0,
});
const context = await browser.newContext({
  ignoreHTTPSErrors: true,
  viewport: { width: 1200, height: 928 },
  httpCredentials: { username: env.NUTANIX_USERNAME, password: env.NUTANIX_PASSWORD, send: 'always' },
});
const api = context.request;
const call = async (method, path, data, headers = {}) =>
  (await api.fetch(`${origin}${path}`, { method, headers, ...(data === undefined ? {} : { data }) })).json();
const v4 = (method, path, data) => call(method, path, data, { 'NTNX-Request-Id': randomUUID() });
const v3 = (method, path, data) => call(method, `/api/nutanix/v3${path}`, data);
const uuidOf = async (kind, name) =>
  (await v3('POST', `/${kind}s/list`, { kind, filter: `name==${name}` })).entities[0].metadata.uuid;

const cluster = await uuidOf('cluster', env.NUTANIX_CLUSTER);
const subnet = await uuidOf('subnet', env.NUTANIX_VM_NETWORK);
const image = await uuidOf('image', env.NUTANIX_VM_IMAGE);
const container = (await v4('GET', '/api/clustermgmt/v4.0/config/storage-containers')).data[0].containerExtId;
const disk = (gib) => ({ device_properties: { device_type: 'DISK' }, disk_size_mib: gib * 1024 });
const system = {
  device_properties: { device_type: 'DISK' },
  disk_size_mib: 20 * 1024,
  data_source_reference: { kind: 'image', uuid: image },
};

const first = [];
const userData = (name) =>
  globalThis.Buffer.from(
    [
      '#cloud-config',
      `hostname: ${name}`,
      'users:',
      '  - name: docker',
      "    sudo: 'ALL=(ALL) NOPASSWD:ALL'",
      '    ssh_authorized_keys: [ssh-ed25519 AAAAC3Nza…]',
      'write_files:',
      '  - path: /etc/registry/token',
      "    permissions: '0600'",
      `    content: ${randomUUID()}`,
      '',
    ].join('\n'),
  ).toString('base64');

async function create(name, cpus, gib, ...disks) {
  const resources = {
    guest_customization: { cloud_init: { user_data: userData(name) } },
    num_sockets: cpus,
    memory_size_mib: gib * 1024,
    power_state: 'ON',
    disk_list: [system, ...disks.map(disk)],
    nic_list: [{ subnet_reference: { kind: 'subnet', uuid: subnet } }],
  };
  const description = `Docker host [made by alice@build-7 for ${name}] [docker-machine-driver-nutanix ${first.length}f3a]`;
  const spec = { name, description, resources, cluster_reference: { kind: 'cluster', uuid: cluster } };
  return v3('POST', '/vms', { metadata: { kind: 'vm' }, spec });
}

async function madeAll(creates) {
  for (const { status } of creates) {
    const path = `/tasks/${status.execution_context.task_uuid}`;
    while (/QUEUED|RUNNING/.test((await v3('GET', path)).status)) await sleep(100);
  }
}

for (const number of [1, 2, 3]) first.push(await create(`controller-${number}`, 2, 4, 50));
for (const number of [1, 2]) first.push(await create(`agent-${number}`, 4, 16, 100, 500));
await madeAll(first);
const volumes = '/api/volumes/v4.0/config/volume-groups';
const volume = (name, gib) =>
  v4('POST', volumes, {
    name,
    clusterReference: cluster,
    disks: [
      {
        diskSizeBytes: gib * 2 ** 30,
        diskDataSourceReference: { entityType: 'STORAGE_CONTAINER', extId: container },
      },
    ],
  });
await volume('wpdb', 20);
await volume('registry', 200);
let groups = [];
while (groups.length < 2) {
  await sleep(500);
  groups = (await v4('GET', volumes)).data ?? [];
}
for (const { extId, name } of groups) {
  if (name === 'wpdb')
    await v4('POST', `${volumes}/${extId}/$actions/attach-vm`, { extId: first[3].metadata.uuid });
}
await call('POST', '/simulator/faults', [
  { name: 'gateway restarts', match: { method: 'POST', path: '/vms', nth: 1 }, do: { status: 503 } },
  {
    name: 'no memory',
    match: { method: 'POST', path: '/vms', nth: 2 },
    do: {
      task: {
        outcome: 'failed',
        errorCode: 'RESOURCE_SHORTAGE',
        errorDetail: 'RESOURCE_SHORTAGE: no host has enough memory',
      },
    },
  },
]);
await v3('POST', `/vms/${first[4].metadata.uuid}/acpi_shutdown`, {});
await create('agent-3', 4, 16, 100);
await create('agent-3', 4, 16, 100);
await sleep(5_000);
await create('agent-3', 4, 16, 100);
await sleep(1_000);

const page = await context.newPage();
/** What is in sight; a palette of 256 colours is enough for it, where pngquant is there. */
async function picture(name) {
  const file = join(pictures, `simulator-page${name}.png`);
  await page.screenshot({ path: file });
  spawnSync('pngquant', ['--force', '--quality=80-100', '--output', file, file]);
  if (spawnSync('optipng', ['-quiet', '-o2', file]).error) console.error('optipng would make it smaller');
}

await page.goto(origin);
await page.waitForSelector('#vms tbody tr');
await sleep(1_200);
await picture('');
await page.setViewportSize({ width: 1200, height: 1000 });
await page.locator('#vms').getByRole('button', { name: 'controller-1' }).click();
const panel = page.getByRole('dialog');
await panel.getByRole('button', { name: 'Open a terminal' }).click();
await panel.getByRole('log').getByText('#').waitFor();
for (const line of ['cat /etc/os-release | head -2', 'lsblk']) {
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
  await sleep(800);
}
await page.evaluate("document.querySelector('dialog').scrollTop = 0");
await picture('-vm');
await page.keyboard.press('Escape');
await page.emulateMedia({ colorScheme: 'dark' });
await page.locator('#requests tr', { hasText: 'no memory' }).getByRole('button').click();
await panel.getByText('"metadata"').first().waitFor();
await picture('-request');
await page.keyboard.press('Escape');
await page.emulateMedia({ colorScheme: 'light' });
await page.getByRole('button', { name: 'tasks never end' }).click();
await page.locator('#faults').evaluate((section) => section.scrollIntoView());
await page.mouse.move(0, 0);
await page.evaluate('document.activeElement.blur()');
await sleep(1_200);
await picture('-faults');
await browser.close();
rmSync(folder, { recursive: true });
process.exit();
