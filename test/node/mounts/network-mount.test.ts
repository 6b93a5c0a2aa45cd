import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createStorageNode } from '../../../src/node/index.js';
import { systemClock } from '../../../src/support/index.js';
import { RecordedSystem } from '../devices/recorded-system.js';
import { describeWithLoops, LoopDevices } from '../loop-devices.js';

/** What mount(8) keeps of options that are none of the kernel's; systemd reads it. */
const OPTIONS = '/run/mount/utab';

describeWithLoops('the mount of a disk', () => {
  const system = new RecordedSystem(systemClock);
  const loops = new LoopDevices();
  beforeAll(() => LoopDevices.install());
  afterAll(async () => {
    system.free();
    await loops.free();
  });

  test.each([
    [
      'that comes by iSCSI is one of the network, so that a shutdown unmounts it before that is gone',
      'iSCSI',
    ],
    ['whose paths come by iSCSI is one, too', 'multipath'],
    ['of a VM is not', 'VM'],
  ])('%s', async (_, kind) => {
    const device = loops.make(64 << 20);
    const name = device.replace('/dev/', '');
    const target = loops.path(name);
    await loops.node.format(device, 'ext4', { label: 'x' }, loops.signal);
    const disk = kind === 'multipath' ? `path-of-${name}` : name;
    const place = kind === 'VM' ? '2:0:3:0' : `host3/session1/target3:0:0/${kind}/3:0:0:1`;
    system.add({ name: disk, place, sizeBytes: 64 << 20 });
    if (disk !== name) system.write(`sys/block/${name}/slaves/${disk}`, '');
    system.write(`sys/class/block/${name}/size`, String((64 << 20) / 512));
    system.write('sys/class/iscsi_session/session1/targetname', 'iqn.2010-06.com.nutanix:wpdb-tgt0\n');
    const node = createStorageNode({ paths: { sys: join(system.root, 'sys') } });
    await node.mount({ device, target, type: 'ext4', options: ['noatime'] }, loops.signal);
    const lines = readFileSync(OPTIONS, 'utf8')
      .split('\n')
      .filter((line) => line.includes(` TARGET=${target} `));
    expect(lines.some((line) => line.includes('_netdev'))).toBe(kind !== 'VM');
    await node.unmount(target, loops.signal);
  });
});
