import { guestDisks, guestSetupOf, hostnameOf } from '../../src/host/guest-plan.js';
import type { HostSpec } from '../../src/host/index.js';
import { HostSetup } from './host-setup.js';

const setup = new HostSetup();
afterAll(async () => await setup.dispose());

function spec(change: Partial<HostSpec>): HostSpec {
  const base = setup.spec(change);
  const disks = [
    { sizeGiB: 10, bus: 'scsi' as const },
    { sizeGiB: 20, bus: 'sata' as const },
    { sizeGiB: 30, bus: 'scsi' as const },
    { sizeGiB: 40, bus: 'pci' as const },
  ];
  return { ...base, vm: { ...base.vm, disks } };
}

describe('the disks that a guest formats', () => {
  it('have the place on their bus that the cloud gives them: the system disk is scsi 0', () => {
    const mounts = [0, 1, 2, 3].map((disk) => ({ disk, path: `/d${disk}`, filesystem: 'ext4' as const }));
    expect(guestDisks(spec({ mounts }))).toEqual([
      { bus: 'scsi', index: 1, sizeGiB: 10, filesystem: 'ext4', path: '/d0', label: 'disk-1' },
      { bus: 'sata', index: 0, sizeGiB: 20, filesystem: 'ext4', path: '/d1', label: 'disk-2' },
      { bus: 'scsi', index: 2, sizeGiB: 30, filesystem: 'ext4', path: '/d2', label: 'disk-3' },
      { bus: 'pci', index: 0, sizeGiB: 40, filesystem: 'ext4', path: '/d3', label: 'disk-4' },
    ]);
  });

  it('begin with Docker’s: others may be mounted below it', () => {
    const mounts = [{ disk: 0, path: '/var/lib/docker/volumes', filesystem: 'xfs' as const }];
    const disks = guestDisks(spec({ dockerDisk: { disk: 2, filesystem: 'xfs' }, mounts }));
    expect(disks.map(({ path, label }) => [path, label])).toEqual([
      ['/var/lib/docker', 'docker-data'],
      ['/var/lib/docker/volumes', 'disk-1'],
    ]);
  });

  it('are mounted from the outer folder to the inner one, in whatever order they were given', () => {
    const paths = ['/data/deep/deeper', '/data/deep', '/srv', '/data'];
    const mounts = paths.map((path, disk) => ({ disk, path, filesystem: 'ext4' as const }));
    const disks = guestDisks(spec({ mounts }));
    expect(disks.map(({ path, label }) => [path, label])).toEqual([
      ['/srv', 'disk-3'],
      ['/data', 'disk-4'],
      ['/data/deep', 'disk-2'],
      ['/data/deep/deeper', 'disk-1'],
    ]);
  });

  it('have labels that xfs takes', () => {
    const mounts = [{ disk: 3, path: '/d', filesystem: 'xfs' as const }];
    const labels = guestDisks(spec({ dockerDisk: { disk: 0, filesystem: 'xfs' }, mounts })).map(
      ({ label }) => label.length,
    );
    expect(Math.max(...labels)).toBeLessThanOrEqual(12);
  });

  it('are none unless they are asked for', () => expect(guestSetupOf(spec({}), 'key').disks).toEqual([]));
});

it.each([
  ['web-1', 'web-1'],
  ['web-1.example.org', 'web-1'],
])('the guest of %s calls itself %s', (name, hostname) => expect(hostnameOf(name)).toBe(hostname));
