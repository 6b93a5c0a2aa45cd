import { composeUserData } from '../../../../src/guest/index.js';
import { run } from '../running-system.js';
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
  ).toBe('mounted\nsdb data /data\n');
  expect(system.cloudInit.warnings).toEqual([
    'Failed during filesystem operation: device /dev/none not found',
    'Ignoring nonexistent named mount /dev/none',
  ]);
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
