import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { PRESET } from '../../src/simulator/index.js';
import { Cloud } from './cloud.js';
import type { Machine } from './machine.js';
import { API } from './spoken-api.js';

const GIB = 2 ** 30;
const folder = mkdtempSync(join(tmpdir(), 'options-'));
let cloud: Cloud;
let machine: Machine;

beforeAll(async () => {
  cloud = await Cloud.start();
  machine = cloud.machine();
});
afterAll(async () => {
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const create = (name: string, ...flags: string[]): Promise<string> =>
  machine.run('create', '-d', 'nutanix', ...flags, name);

test('hardware, disks and networks are those that the flags ask for', async () => {
  const { managed, own } = cloud.networks;
  await create(
    'big-1',
    ...['--nutanix-wait-for', 'ssh'],
    ...['--nutanix-vm-cpus', '3', '--nutanix-vm-cores', '2', '--nutanix-vm-mem', '4096'],
    ...['--nutanix-boot-type', 'uefi', '--nutanix-machine-type', 'q35', '--nutanix-vtpm'],
    ...['--nutanix-vm-gpu', 'Tesla_M60_compute', '--nutanix-vm-gpu', 'Tesla_M60_compute'],
    ...['--nutanix-vm-image-size', '30', '--nutanix-disk-size', '3'],
    ...['--nutanix-storage-container', PRESET.defaultContainer.name, '--nutanix-docker-disk-size', '20'],
    ...['--nutanix-disk', `size=5,container=${PRESET.container.uuid},bus=pci`],
    ...['--nutanix-disk', `size=7,container=${PRESET.container.name},bus=sata,mount=/data,fs=ext4`],
    ...[
      '--nutanix-vm-network',
      PRESET.managedSubnet.name,
      '--nutanix-vm-network',
      PRESET.unmanagedSubnet.name,
    ],
    ...['--nutanix-ip', `${managed}.77`, '--nutanix-ip-network', `${own}.0.0/16`],
    ...['--nutanix-vm-categories', 'env=prod', '--nutanix-vm-categories', 'env=eu'],
    ...['--nutanix-project', PRESET.project.name, '--nutanix-vm-serial-port', '--nutanix-vm-cpu-passthrough'],
    ...['--nutanix-vm-description', 'all of it'],
  );
  const vm = cloud.vm('big-1');
  const { resources } = vm;
  expect(vm.description).toMatch(
    /^all of it \[made by \S+@\S+( for big-1)?\] \[docker-machine-driver-nutanix v[34]:/,
  );
  expect(vm.description).toContain(` ${API}:`);
  expect(resources).toMatchObject({
    num_sockets: 3,
    num_vcpus_per_socket: 2,
    memory_size_mib: 4096,
    machine_type: 'Q35',
    enable_cpu_passthrough: true,
    boot_config: { boot_type: 'UEFI' },
    vtpm_config: { vtpm_enabled: true },
    serial_port_list: [{ index: 0, is_connected: true }],
    gpu_list: [{ device_id: 5106 }, { device_id: 5106 }],
  });
  expect(JSON.stringify(vm)).toContain(PRESET.project.uuid);
  expect(JSON.stringify(vm)).toMatch(/"env":\["prod","eu"\]/);

  const disks = resources.disk_list
    .filter(({ device_properties: device }) => device.device_type === 'DISK')
    .map(
      ({ device_properties: { disk_address: at }, disk_size_bytes: bytes = 0, storage_config: config }) => [
        `${at.adapter_type}.${at.device_index}`,
        bytes / GIB,
        config?.storage_container_reference?.uuid,
      ],
    );
  expect(disks).toEqual([
    ['SCSI.0', 30, expect.anything()],
    ['SCSI.1', 3, PRESET.defaultContainer.uuid],
    ['PCI.0', 5, PRESET.container.uuid],
    ['SATA.0', 7, PRESET.container.uuid],
    ['SCSI.2', 20, PRESET.defaultContainer.uuid],
  ]);

  expect(resources.nic_list.map((nic) => nic.subnet_reference.uuid)).toEqual([
    PRESET.managedSubnet.uuid,
    PRESET.unmanagedSubnet.uuid,
  ]);
  const addresses = cloud.simulator.vms().find(({ name }) => name === 'big-1')?.addresses ?? [];
  expect(addresses).toContainEqual({ ip: `${managed}.77`, type: 'ASSIGNED' });
  expect(await machine.run('ip', 'big-1')).toMatch(new RegExp(`^${own.replace('.', '\\.')}\\.`));
  await machine.run('rm', '-y', 'big-1');
});

test('secure boot brings the machine type that it needs; without any flag the VM is as plain as can be', async () => {
  await Promise.all([
    create('secure-1', '--nutanix-wait-for', 'ip', '--nutanix-boot-type', 'secure'),
    create('plain-1', '--nutanix-wait-for', 'ip'),
  ]);
  expect(cloud.vm('secure-1').resources).toMatchObject({
    machine_type: 'Q35',
    boot_config: { boot_type: 'SECURE_BOOT' },
  });
  expect(cloud.vm('plain-1').resources).toMatchObject({
    num_sockets: 2,
    memory_size_mib: 2048,
    gpu_list: [],
  });
  expect(cloud.vm('plain-1').resources).not.toHaveProperty('vtpm_config.vtpm_enabled', true);
  await machine.run('rm', '-y', 'secure-1', 'plain-1');
});

test('the user’s own cloud-config has its full effect, beside ours, for another SSH user with an own key', async () => {
  const { private: key, public: publicKey } = ssh2.utils.generateKeyPairSync('ed25519');
  // OpenSSH does not read a key with a blank line in front and Windows line ends; the copy is made readable.
  const keyFile = file('key', `\r\n${key.trimEnd().replaceAll('\n', '\r\n')}`);
  writeFileSync(`${keyFile}.pub`, `${publicKey} mine\n`);
  const userData = file(
    'user-data',
    [
      '#cloud-config',
      '# the operations team',
      'users:',
      '  - default',
      '  - name: eve',
      '    shell: /bin/sh',
      'write_files:',
      '  - path: /etc/motd.local',
      "    content: 'literal \\n stays'",
      'runcmd:',
      '  - echo first > /var/tmp/order',
      "  - [sh, -c, 'echo second >> /var/tmp/order']",
      '',
    ].join('\n'),
  );
  await create(
    'cloud-1',
    ...['--nutanix-cloud-init-file', userData, '--nutanix-ssh-user', 'deploy', '--nutanix-ssh-key', keyFile],
  );
  expect(await machine.run('ssh', 'cloud-1', 'id -un; cat /var/tmp/order')).toBe('deploy\nfirst\nsecond');
  expect(await machine.run('ssh', 'cloud-1', 'cat /etc/motd.local; grep -c eve /etc/passwd')).toBe(
    'literal \\n stays1',
  );
  expect(cloud.vm('cloud-1').userData).toContain('# the operations team');
  const stored = join(machine.store, 'machines', 'cloud-1', 'id_rsa');
  expect(readFileSync(stored, 'utf8')).toBe(key);
  rmSync(keyFile);
  expect(await machine.run('ssh', 'cloud-1', 'sudo id -un')).toBe('root');
  await machine.run('rm', '-y', 'cloud-1');
});

test.each([
  ['a script', '#!/bin/sh\necho script > /var/tmp/proof\n', 'script'],
  [
    'a jinja template',
    '## template: jinja\n#cloud-config\nruncmd: ["echo {{ v1.local_hostname }} > /var/tmp/proof"]\n',
    'kind-1',
  ],
  [
    'one line with written-out line ends',
    '#cloud-config\\nruncmd:\\n- echo line > /var/tmp/proof\\n',
    'line',
  ],
])('inline user-data may be %s', async (_kind, userData, proof) => {
  await create('kind-1', '--nutanix-cloud-init', userData);
  expect(await machine.run('ssh', 'kind-1', 'cat /var/tmp/proof')).toBe(proof);
  await machine.run('rm', '-y', 'kind-1');
});

test.each([
  ['ed25519', 'BEGIN OPENSSH PRIVATE KEY', 'ssh-ed25519 '],
  ['rsa', 'BEGIN RSA PRIVATE KEY', 'ssh-rsa '],
])('a new key is of type %s, for its owner’s eyes only', async (type, header, publicStart) => {
  await create('keyed-1', '--nutanix-ssh-key-type', type, '--nutanix-wait-for', 'ssh');
  const path = join(machine.store, 'machines', 'keyed-1', 'id_rsa');
  expect(readFileSync(path, 'utf8')).toContain(header);
  expect(readFileSync(`${path}.pub`, 'utf8')).toMatch(new RegExp(`^${publicStart}`));
  expect(await machine.run('ssh', 'keyed-1', 'id -un')).toBe('root');
  await machine.run('rm', '-y', 'keyed-1');
});

test('a key with a passphrase, user-data that is too long and a file that is missing are refused before anything is made', async () => {
  const { private: key } = ssh2.utils.generateKeyPairSync('ed25519', {
    passphrase: 'x',
    cipher: 'aes256-cbc',
    rounds: 1,
  });
  chmodSync(file('locked', key), 0o600);
  const long = file('long', `#cloud-config\nwrite_files:\n- {path: /x, content: '${'y'.repeat(96_000)}'}\n`);
  for (const [flags, words] of [
    [['--nutanix-ssh-key', join(folder, 'locked')], /passphrase/],
    [['--nutanix-cloud-init-file', long], /bytes; at most 96000 are possible/],
    [['--nutanix-cloud-init-file', join(folder, 'none')], /cannot read/],
  ] as const) {
    const { code, output } = await machine.attempt('create', '-d', 'nutanix', ...flags, 'never-1');
    expect([code === 0, output]).toEqual([false, expect.stringMatching(words)]);
  }
  expect(cloud.simulator.vms()).toEqual([]);
  expect(cloud.simulator.snapshot().reservations).toEqual([]);
});
