import { join } from 'node:path';
import type { DiskAddress } from '../../../src/node/index.js';
import { OperationError } from '../../../src/support/index.js';
import { RecordedSystem } from './recorded-system.js';

const GIB = 1 << 30;
const ID = 'b29f577f-1354-4c4a-ae12-f3809dea44cf';
const OTHER = 'c29f577f-1354-4c4a-ae12-f3809dea44cf';
const wwid = (id: string): string => `t10.NUTANIX NFS_1_0_5100_${id.replaceAll('-', '_')}`;
const link = (id: string): string => `scsi-1NUTANIX_NFS_1_0_5100_${id.replaceAll('-', '_')}`;
const DISK: DiskAddress = { kind: 'vm', diskId: ID, scsiTarget: 3, lun: 0, sizeBytes: GIB };

describe('the device of a disk', () => {
  const { signal } = new AbortController();
  let pauses = 0;
  let onPause = (): void => undefined;
  const clock = {
    now: () => 0,
    sleep: async () => {
      pauses += 1;
      onPause();
      await Promise.resolve();
    },
  };
  let system = new RecordedSystem(clock);
  const see = async (): Promise<string | undefined> => await system.node.seeDevice(DISK, signal);

  beforeEach(() => {
    pauses = 0;
    onPause = () => undefined;
  });
  afterEach(() => {
    system.free();
    system = new RecordedSystem(clock);
  });
  afterAll(() => system.free());

  test('is the one whose serial names it, wherever it is', async () => {
    system.add({ name: 'sda', place: '2:0:0:0', sizeBytes: 8 * GIB, wwid: wwid(OTHER) });
    expect(await see()).toBeUndefined();
    const path = system.add({ name: 'sdk', place: '2:0:9:1', sizeBytes: 2 * GIB, wwid: wwid(ID) });
    system.link(link(ID), 'sdk');
    system.link(`${link(ID)}-part1`, 'sda');
    expect(await see()).toBe(path);
  });

  test('is read from page 80 and 83 where the kernel has no wwid', async () => {
    const path = system.add({ name: 'sdb', place: '2:0:3:0', sizeBytes: GIB });
    const body = Buffer.from(`NFS_1_0_5100_${ID.replaceAll('-', '_')}`);
    const page = Buffer.concat([Buffer.from([0, 0x80, 0, body.length]), body]);
    system.write('sys/block/sdb/device/vpd_pg80', page.toString('latin1'));
    expect(await see()).toBe(path);
  });

  test('is found by a link where sysfs knows no serial: loop devices of container guests', async () => {
    system.write('sys/block/loop7/size', String(GIB / 512));
    system.write('dev/loop7', '');
    system.link(link(ID), 'loop7');
    expect(await see()).toBe(join(system.root, 'dev/loop7'));
    system.write('sys/block/loop7/size', '0');
    expect(await see()).toBeUndefined();
  });

  test('is not what a link of before leads to', async () => {
    system.add({ name: 'sdb', place: '2:0:3:0', sizeBytes: GIB, wwid: wwid(OTHER) });
    system.link(link(ID), 'sdb');
    system.link(`${link(ID)}_dangling`, 'sdx');
    expect(await see()).toBeUndefined();
  });

  test('is found by place, vendor and exact size where no device tells a serial', async () => {
    const path = system.add({ name: 'sdb', place: '2:0:3:0', sizeBytes: GIB });
    expect(await see()).toBe(path);
  });

  test.each([
    ['another target', { place: '2:0:4:0' }],
    ['another LUN', { place: '2:0:3:1' }],
    ['another size', { sizeBytes: GIB + 512 }],
    ['another vendor', { vendor: 'QEMU    ' }],
    ['the serial of another disk', { wwid: wwid(OTHER) }],
    ['no answer of the device', { state: 'offline' }],
    ['no size', { sizeBytes: 0 }],
  ])('is not at that place with %s', async (_, change) => {
    system.add({ name: 'sdb', place: '2:0:3:0', sizeBytes: GIB, ...change });
    expect(await see()).toBeUndefined();
  });

  test.each([
    ['serial', wwid(ID)],
    ['place', undefined],
  ])('is not guessed when two fit by %s', async (_, named) => {
    for (const [name, place] of [
      ['sdb', '2:0:3:0'],
      ['sdc', '3:0:3:0'],
    ] as const) {
      system.add({ name, place, sizeBytes: GIB, ...(named === undefined ? {} : { wwid: named }) });
    }
    await expect(see()).rejects.toMatchObject({
      code: 'ambiguous',
      message: expect.stringMatching(/sdb and .*sdc/) as string,
    });
  });

  test('by iSCSI it is the LUN of its target, unless that says it is another disk', async () => {
    const iscsi: DiskAddress = {
      kind: 'iscsi',
      diskId: ID,
      portal: '192.0.2.1:3260',
      targetName: 'wpdb',
      lun: 0,
    };
    const place = { place: '3:0:0:0', sizeBytes: GIB, iscsiTarget: 'iqn.2010-06.com.nutanix:wpdb-tgt0' };
    system.add({ name: 'sdb', ...place });
    expect(await system.node.seeDevice(iscsi, signal)).toBe(join(system.root, 'dev/sdb'));
    expect(await system.node.seeDevice({ ...iscsi, targetName: 'wpd' }, signal)).toBeUndefined();
    expect(await see()).toBeUndefined();
    system.free();
    system = new RecordedSystem(clock);
    system.add({ name: 'sdb', ...place, wwid: wwid(OTHER) });
    expect(await system.node.seeDevice(iscsi, signal)).toBeUndefined();
  });

  test('is the multipath device that has its paths', async () => {
    for (const [name, place] of [
      ['sdb', '2:0:3:0'],
      ['sdc', '3:0:3:0'],
    ] as const) {
      system.add({ name, place, sizeBytes: GIB, wwid: wwid(ID), multipath: 'dm-4' });
    }
    system.link(link(ID), 'dm-4');
    expect(await see()).toBe(join(system.root, 'dev/mapper/map-dm-4'));
  });

  test('is waited for, and the buses are scanned but those of iSCSI', async () => {
    system.addHost('host0', 'virtio_scsi');
    system.addHost('host1', 'iscsi_tcp');
    onPause = () => {
      if (pauses === 3) system.add({ name: 'sdb', place: '2:0:3:0', sizeBytes: GIB, wwid: wwid(ID) });
    };
    expect(await system.node.findDevice(DISK, signal)).toBe(join(system.root, 'dev/sdb'));
    expect([pauses, system.scanned('host0'), system.scanned('host1')]).toEqual([3, '- 3 -', '']);
  });

  test('that never comes ends with what was waited for', async () => {
    const controller = new AbortController();
    const limit = new OperationError({
      code: 'timeout',
      attempted: 'mount wpdb',
      problem: 'not done after 60 s',
    });
    onPause = () => {
      if (pauses === 30) controller.abort(limit);
    };
    await expect(system.node.findDevice(DISK, controller.signal)).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('not done after 60 s; was waiting for the disk to appear') as string,
    });
  });
});
