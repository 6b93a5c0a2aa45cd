import { z } from 'zod';
import { composeUserData } from '../../../src/guest/index.js';
import { makeFileSystems } from '../../../src/emulator/cloudinit/file-systems.js';
import { repositoryFile } from '../../source-tree.js';
import { run, runningSystem } from '../running-system.js';
import { booted } from './booted.js';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMtGvnDrYmJy2zc3GyCM8SmUSBbLgJvc8w1oYzOBiDSm one';
const GIB = 2 ** 30;
const disks = [
  { uuid: 'system', sizeBytes: 20 * GIB, adapter: 'SCSI', index: 0 },
  { uuid: 'docker', sizeBytes: 50 * GIB, adapter: 'SCSI', index: 1 },
  { uuid: 'data', sizeBytes: 10 * GIB, adapter: 'PCI', index: 0 },
];

test('the disks that the driver asks for are formatted and mounted', async () => {
  const userData = await composeUserData({
    user: 'root',
    publicKey: KEY,
    disks: [
      { bus: 'scsi', index: 1, sizeGiB: 50, filesystem: 'xfs', path: '/var/lib/docker', label: 'dm-docker' },
      { bus: 'pci', index: 0, sizeGiB: 10, filesystem: 'ext4', path: '/srv/data', label: 'dm-data' },
    ],
  });
  const system = await booted(userData, { spec: { disks } });
  expect([...system.cloudInit.errors, ...system.cloudInit.warnings]).toEqual([]);
  const mounted = await run(
    system,
    'grep -E "docker|data" /proc/mounts; findmnt -n -o SOURCE,FSTYPE -T /var/lib/docker',
  );
  expect(mounted.out).toBe(
    '/dev/sdb /var/lib/docker xfs rw,relatime 0 0\n/dev/vda /srv/data ext4 rw,relatime 0 0\n/dev/sdb xfs\n',
  );
  await run(system, 'curl -sSL https://get.docker.com | sh -');
  expect((await run(system, 'docker info --format "{{json .DriverStatus}}"; ls /var/lib/docker')).out).toBe(
    '[["Backing Filesystem","xfs"]]\nengine-id\n',
  );
});

test('fs_setup and mounts of cloud-config', async () => {
  const system = await booted(
    `#cloud-config
fs_setup: [{device: /dev/sdb, filesystem: ext4, label: data}, {device: /dev/none}]
mounts: [[/dev/sdb, /data, ext4, 'defaults,nofail', '0', '2'], [/dev/none, /none]]
`,
    { spec: { disks } },
  );
  expect(
    (await run(system, 'mountpoint -q /data && echo mounted; lsblk -n -o NAME,LABEL,MOUNTPOINT /dev/sdb'))
      .out,
  ).toBe('mounted\nsdb  data  /data\n');
  expect(system.cloudInit.warnings).toEqual([
    'Failed during filesystem operation: device /dev/none not found',
    'Ignoring nonexistent named mount /dev/none',
  ]);
});

const golden = z
  .object({
    cases: z.array(
      z.object({
        'on the disk': z.string(),
        entry: z.record(z.string(), z.unknown()),
        formatted: z.boolean(),
      }),
    ),
  })
  .parse(JSON.parse(repositoryFile('test/golden/cloud-init-fs-setup.json')));

test.each(golden.cases)(
  'fs_setup formats when the real one does: $on the disk, $entry: $formatted',
  ({ 'on the disk': before, entry, formatted }) => {
    const { system } = runningSystem({ spec: { disks } });
    const device = system.disks.at('/dev/sdb');
    const [type = '', label = ''] = before === 'blank' ? [] : before.split(' ');
    if (device === undefined) throw new Error('there is no /dev/sdb');
    if (type !== '') system.disks.format(device, type, label);
    const { fileSystem } = device.content;
    makeFileSystems(system, { fs_setup: [entry] });
    expect(device.content.fileSystem !== fileSystem).toBe(formatted);
  },
);

test('a new ext4 has lost+found, a new xfs has nothing', async () => {
  const system = await booted('', { spec: { disks } });
  const script = 'mkdir /m && mount /dev/sdb /m && ls -ld /m/* | cut -c1-10 && ls /m; umount /m';
  expect((await run(system, `mkfs.ext4 -q /dev/sdb; ${script}`)).out).toBe('drwx------\nlost+found\n');
  expect((await run(system, 'mkfs.xfs -q -f /dev/sdb; mount /dev/sdb /m && ls -A /m')).out).toBe('');
});

describe('block devices', () => {
  test('are named by adapter, found by path, of the right size', async () => {
    const system = await booted('', { spec: { disks } });
    expect(
      (await run(system, 'ls /dev/sd* /dev/vd*; readlink -f /dev/disk/by-path/*-scsi-0:0:1:0')).out,
    ).toBe('/dev/sda\n/dev/sda1\n/dev/sdb\n/dev/vda\n/dev/sdb\n');
    expect((await run(system, 'blockdev --getsz /dev/sdb; [ -b /dev/sdb ] && echo block')).out).toBe(
      '104857600\nblock\n',
    );
  });

  test('what has a file system is not formatted without force, what is mounted never', async () => {
    const system = await booted('', { spec: { disks } });
    expect((await run(system, 'blkid -p /dev/sdb')).status).toBe(2);
    expect(
      (await run(system, 'mkfs.xfs -q -L one /dev/sdb && blkid -p -s LABEL -o value /dev/sdb')).out,
    ).toBe('one\n');
    expect((await run(system, 'mkfs.xfs -q /dev/sdb')).err).toContain('Use the -f option to force overwrite');
    expect((await run(system, 'mkdir /m; mount LABEL=one /m && mkfs.ext4 -F /dev/sdb')).err).toContain(
      'in use',
    );
    expect((await run(system, 'mkfs.ext4 /dev/sda')).err).toContain('in use');
    expect((await run(system, 'umount /m && mkfs.ext4 -q -F -L two /dev/sdb && blkid -L two')).out).toBe(
      '/dev/sdb\n',
    );
    expect((await run(system, 'umount /m')).status).toBe(32);
    expect((await run(system, 'mount /dev/vda /m')).err).toContain('wrong fs type');
    expect((await run(system, 'mount /dev/nope /m')).err).toContain('does not exist');
  });
});
