import { join } from 'node:path';
import { createStorageNode, type DiskAddress } from '../../../src/node/index.js';
import { systemClock } from '../../../src/support/index.js';
import { describeWithLoops, LoopDevices } from '../loop-devices.js';
import { RecordedSystem } from './recorded-system.js';

const GIB = 1 << 30;
const DISK: DiskAddress = {
  kind: 'vm',
  diskId: 'b29f577f-1354-4c4a-ae12-f3809dea44cf',
  scsiTarget: 3,
  lun: 0,
  sizeBytes: GIB,
};
const WWID = 't10.NUTANIX NFS_1_0_5100_b29f577f_1354_4c4a_ae12_f3809dea44cf';
const { signal } = new AbortController();
const deletion = (place: string): string => `sys/devices/pci0000:00/0000:00:05.0/virtio2/${place}/delete`;

describe('the release of a disk', () => {
  const system = new RecordedSystem(systemClock);
  afterAll(() => system.free());

  test('flushes and takes away the multipath device, then every path, also a dead one', async () => {
    system.program('blockdev', 'echo "blockdev $*" >>calls');
    system.program('multipath', 'echo "multipath $*" >>calls');
    system.add({ name: 'sdb', place: '2:0:3:0', sizeBytes: GIB, wwid: WWID, multipath: 'dm-4' });
    system.add({ name: 'sdc', place: '3:0:3:0', sizeBytes: 0, wwid: WWID, state: 'offline' });
    await system.node.releaseDevice(DISK, signal);
    expect(system.text('calls').trim().split('\n')).toEqual([
      `blockdev --flushbufs ${join(system.root, 'dev/mapper/map-dm-4')}`,
      `blockdev --flushbufs ${join(system.root, 'dev/sdc')}`,
      'multipath -f map-dm-4',
    ]);
    expect([system.text(deletion('2:0:3:0')), system.text(deletion('3:0:3:0'))]).toEqual(['1', '1']);
    for (const path of ['sys/block/sdb', 'sys/block/sdc', 'sys/block/dm-4']) system.remove(path);
    await system.node.releaseDevice(DISK, signal);
  });
});

describeWithLoops('the release of a disk that is mounted', () => {
  const system = new RecordedSystem(systemClock);
  const loops = new LoopDevices();
  beforeAll(() => LoopDevices.install());
  afterAll(async () => {
    system.free();
    await loops.free();
  });

  test('is refused: the kernel would take it away without a word', async () => {
    const device = loops.make(64 << 20);
    const target = loops.path('mounted');
    await loops.node.format(device, 'ext4', { label: 'x' }, signal);
    await loops.node.mount({ device, target, type: 'ext4', options: [] }, signal);
    system.add({ name: device.replace('/dev/', ''), place: '2:0:3:0', sizeBytes: GIB, wwid: WWID });
    const node = createStorageNode({ paths: { sys: join(system.root, 'sys') } });
    await expect(node.releaseDevice(DISK, signal)).rejects.toMatchObject({ code: 'conflict' });
    expect(system.text(deletion('2:0:3:0'))).toBe('');
    await loops.node.unmount(target, signal);
    await node.releaseDevice(DISK, signal);
    expect(system.text(deletion('2:0:3:0'))).toBe('1');
  });
});
