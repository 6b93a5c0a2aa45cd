import { qemuArguments, deviceFor, nodeName } from '../../src/qemu-guests/qemu-arguments.js';
import type { GuestDisk, GuestSpec } from '../../src/simulator/index.js';

const system: GuestDisk = {
  uuid: 'b29f577f-1354-4c4a-ae12-f3809dea44cf',
  sizeBytes: 2 ** 30,
  adapter: 'SCSI',
  index: 0,
};
const spec: GuestSpec = {
  vmUuid: '11111111-2222-3333-4444-555555555555',
  name: 'web,1',
  userData: undefined,
  metaData: undefined,
  memoryMiB: 1024,
  cpus: 2,
  nics: [],
  disks: [system],
};

function argumentsOf(): string[] {
  const nic = { uuid: 'n', macAddress: '50:6b:8d:01:02:03', address: '10.77.0.10', prefixLength: 24 };
  return qemuArguments({
    spec,
    image: { disk: '/i/root.img', diskBytes: 1, kernel: '/i/vmlinuz', initrd: '/i/initrd' },
    acceleration: ['-accel', 'tcg'],
    disks: [{ disk: system, path: '/d/a,b.qcow2', format: 'qcow2' }],
    configDrive: '/d/cd.iso',
    nics: [{ nic, tap: 'tap1', address: '10.77.0.10' }],
    console: '/d/console',
  });
}

test('the VM is who Prism says, and a comma in a name begins no option', () => {
  const args = argumentsOf().join(' ');
  expect(args).toContain('-uuid 11111111-2222-3333-4444-555555555555');
  expect(args).toContain('-name web,,1 ');
  expect(args).toContain('file=/d/a,,b.qcow2,');
  expect(args).toContain('virtio-net-pci,netdev=net-tap1,mac=50:6b:8d:01:02:03,');
});

test('the kernel loads programs at the same addresses, and does not guess how fast its clock goes', () => {
  const args = argumentsOf();
  expect(args[args.indexOf('-append') + 1]).toMatch(
    / norandmaps highres=off tsc=unstable clocksource=hpet no_timer_check$/,
  );
});

test('a disk of a volume group is at its target and LUN, with the serial that AHV gives', () => {
  const disk = { ...system, index: 3, lun: 1, volumeGroupUuid: 'g' };
  expect(deviceFor(disk)).toMatchObject({
    driver: 'scsi-hd',
    bus: 'scsi.0',
    'scsi-id': 3,
    lun: 1,
    vendor: 'NUTANIX',
    device_id: 'NFS_1_0_45727_b29f577f_1354_4c4a_ae12_f3809dea44cf',
  });
});

test.each(['SATA', 'IDE'])('a %s disk takes no place of the SCSI bus', (adapter) => {
  expect(deviceFor({ ...system, adapter })).toMatchObject({ bus: 'others.0' });
});

test("QEMU takes a node's name up to 31 characters", () => {
  expect(nodeName(system)).toMatch(/^d[0-9a-f]{30}$/);
});
