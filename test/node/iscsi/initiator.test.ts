import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DiskAddress } from '../../../src/node/index.js';
import { RecordedSystem } from '../devices/recorded-system.js';

const IQN = 'iqn.2010-06.com.nutanix:wpdb-b29f-tgt0';
const DISK: DiskAddress = {
  kind: 'iscsi',
  diskId: 'b29f577f-1354-4c4a-ae12-f3809dea44cf',
  portal: '10.0.0.5:3260',
  targetName: 'wpdb-b29f',
  lun: 0,
  chapSecret: 'secret-of-12x',
};

/**
 * What iscsiadm does, as far as it is seen from outside: records as files, sessions and disks in sysfs. The real one
 * needs a kernel with iSCSI; tests with a guest that has one are those of qemu guests.
 */
const ISCSIADM = `
echo "$*" >>calls
record=iscsi/nodes/${IQN}/10.0.0.5,3260,1
case "$*" in
  *--discover*) cat listed ;;
  *'-o new') mkdir -p $record; printf 'node.name = ${IQN}\\n# END RECORD\\n' >$record/default ;;
  *--login)
    [ -e login ] && { echo 'initiator reported error' >&2; exit "$(cat login)"; }
    mkdir -p sys/class/iscsi_session/session1
    echo ${IQN} >sys/class/iscsi_session/session1/targetname
    echo LOGGED_IN >sys/class/iscsi_session/session1/state
    bus=sys/devices/platform/host3/session1/target3:0:0/3:0:0:0
    mkdir -p $bus sys/block/sdq
    echo running >$bus/state
    : >$bus/delete
    echo 2048 >sys/block/sdq/size
    ln -s "$PWD/$bus" sys/block/sdq/device
    : >dev/sdq ;;
  *--logout)
    [ -e sys/class/iscsi_session/session1 ] || exit 21
    rm -r sys/class/iscsi_session/session1 sys/block/sdq ;;
  *'-o delete') rm -r iscsi/nodes/${IQN} ;;
esac`;

describe('a disk by iSCSI', () => {
  const { signal } = new AbortController();
  const clock = { now: () => 0, sleep: async () => await Promise.resolve() };
  let system = new RecordedSystem(clock);
  const calls = (): readonly string[] => system.text('calls').trim().split('\n');

  beforeEach(() => {
    system.free();
    system = new RecordedSystem(clock);
    system.write('iscsi/initiatorname.iscsi', 'InitiatorName=iqn.x:web\n');
    system.write('listed', `10.0.0.5:3260,1 iqn.x:other-tgt0\n10.0.0.5:3260,1 ${IQN}\n`);
    system.program('iscsiadm', ISCSIADM);
    system.program('blockdev', ':');
  });
  afterAll(() => system.free());

  test('is logged in to, found, seen, and released so that nothing is left', async () => {
    const path = join(system.root, 'dev/sdq');
    expect(await system.node.seeDevice(DISK, signal)).toBeUndefined();
    expect(await system.node.findDevice(DISK, signal)).toBe(path);
    const record = system.text(`iscsi/nodes/${IQN}/10.0.0.5,3260,1/default`);
    expect(record).toContain('auth.username = iqn.x:web\nnode.session.auth.password = secret-of-12x\n');
    expect(await system.node.seeDevice(DISK, signal)).toBe(path);
    // A second time the session is there, and only its disks are looked for.
    expect(await system.node.findDevice(DISK, signal)).toBe(path);
    await system.node.releaseDevice(DISK, signal);
    expect(system.text('sys/devices/platform/host3/session1/target3:0:0/3:0:0:0/delete')).toBe('1');
    await system.node.releaseDevice(DISK, signal);
    expect(existsSync(join(system.root, 'iscsi/nodes', IQN))).toBe(false);
    const node = `--mode node -T ${IQN}`;
    expect(calls()).toEqual([
      '--mode discoverydb -t sendtargets -o nonpersistent --discover -p 10.0.0.5:3260',
      `${node} -p 10.0.0.5:3260,1 -o new`,
      `${node} -p 10.0.0.5:3260,1 --login`,
      '--mode session -r 1 --rescan',
      `${node} --logout`,
      `${node} -o delete`,
    ]);
    expect(system.text('calls')).not.toContain('secret');
  });

  test('a session that the kernel cannot get back is ended, and made anew with the secret of now', async () => {
    await system.node.findDevice(DISK, signal);
    system.write('sys/class/iscsi_session/session1/state', 'FAILED\n');
    await system.node.findDevice({ ...DISK, chapSecret: 'new-secret-12' }, signal);
    expect(system.text(`iscsi/nodes/${IQN}/10.0.0.5,3260,1/default`)).toContain('password = new-secret-12\n');
    expect(
      calls()
        .slice(3, 5)
        .map((call) => call.split(' ').at(-1)),
    ).toEqual(['--logout', 'delete']);
  });

  test.each([
    [24, 'unauthenticated', /CHAP secret/],
    [8, 'unreachable', /data services/],
    [20, 'unavailable', /iscsid/],
    [12, 'unsupported', /modprobe iscsi_tcp/],
    [19, 'task-failed', /initiator reported error/],
  ])('status %d of a login is %s', async (status, code, words) => {
    system.write('login', String(status));
    await expect(system.node.findDevice(DISK, signal)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words) as string,
    });
  });

  test('a target that the portal does not list is told, with what to do', async () => {
    system.write('listed', `10.0.0.5:3260,1 iqn.x:wpdb-b29f2-tgt0\n`);
    await expect(system.node.findDevice(DISK, signal)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/lists 1 targets .* attached to the initiator name/) as string,
    });
  });

  test('a host without initiator is told which package it needs', async () => {
    system.remove('iscsi/initiatorname.iscsi');
    await expect(system.node.findDevice(DISK, signal)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/open-iscsi on Debian .*iscsi-initiator-utils/) as string,
    });
  });

  test('multipathd is given the time to make its device', async () => {
    system.write('run/multipathd.pid', '1');
    system.program('multipath', 'echo "$*" >claims; [ ! -e sys/block/dm-0 ]');
    let pauses = 0;
    clock.sleep = async () => {
      pauses += 1;
      await Promise.resolve();
      if (pauses !== 2) return;
      system.write('sys/block/dm-0/dm/uuid', 'mpath-x');
      system.write('sys/block/dm-0/dm/name', 'mpatha');
      system.write('sys/block/dm-0/size', '2048');
      system.write('sys/block/sdq/holders/dm-0/dev', '');
      system.write('dev/mapper/mpatha', '');
    };
    expect(await system.node.findDevice(DISK, signal)).toBe(join(system.root, 'dev/mapper/mpatha'));
    expect([pauses, system.text('claims').trim()]).toEqual([2, `-c ${join(system.root, 'dev/sdq')}`]);
  });
});
