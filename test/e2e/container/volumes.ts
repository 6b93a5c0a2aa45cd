import { randomUUID } from 'node:crypto';
import type { Guest, GuestBackend, GuestDisk, GuestSpec } from '../../../src/simulator/guests/index.js';
import type { TestEngine } from './engine.js';
import type { GuestLogin } from './guest-login.js';
import { attachedDisks } from './loop-devices.js';
import { guestSpec, Told } from './specs.js';

const MIB = 2 ** 20;
const [A, B] = ['10.77.24.10', '10.77.24.11'];

/** A disk of a volume group as the SCSI controller has it at `index`. */
function volumeDisk(index: number, changes: Partial<GuestDisk> = {}): GuestDisk {
  return {
    uuid: randomUUID(),
    sizeBytes: 320 * MIB,
    adapter: 'SCSI',
    index,
    lun: 0,
    volumeGroupUuid: randomUUID(),
    ...changes,
  };
}

function linkOf({ uuid }: GuestDisk): string {
  const number = Number.parseInt(uuid.slice(0, 4), 16);
  return `/dev/disk/by-id/scsi-1NUTANIX_NFS_1_0_${number}_${uuid.replaceAll('-', '_')}`;
}

/** Disks of volume groups in guests that run: they come, move, grow and go. The tests build on each other. */
export function describeVolumes(
  login: GuestLogin,
  make: () => Promise<GuestBackend>,
  engine: TestEngine | undefined,
): void {
  describe('volume groups', () => {
    const first = volumeDisk(1);
    let db = volumeDisk(2);
    const specA: GuestSpec = guestSpec(login, A, { name: 'a' });
    const specB: GuestSpec = guestSpec(login, B, { name: 'b' });
    let backend: GuestBackend;
    let a: Guest;
    let b: Guest;
    const inA = async (command: string): Promise<string> => await login.run(A, command);
    const inB = async (command: string): Promise<string> => await login.run(B, command);
    const show = async (guest: Guest, spec: GuestSpec, ...disks: GuestDisk[]): Promise<void> =>
      await guest.disksChanged?.([...spec.disks, ...disks]);
    /** What the storage has of a disk now. */
    const contentOf = ({ uuid, sizeBytes }: GuestDisk): string => {
      const [container = ''] =
        engine?.docker('ps', '--filter', 'name=volumes', '--format', '{{.Names}}').split('\n') ?? [];
      const file = `/var/lib/prism-guest/disks/volumes/${uuid}.img`;
      return engine?.docker('exec', container, 'sh', '-c', `head -c ${sizeBytes} ${file} | b2sum`) ?? '';
    };

    beforeAll(async () => {
      backend = await make();
      a = await backend.powerOn({ ...specA, disks: [...specA.disks, first] }, new Told());
      b = await backend.powerOn(specB, new Told());
    });
    afterAll(async () => {
      await backend.close();
      expect(engine?.left()).toBe('');
      expect(attachedDisks([first.uuid, db.uuid])).toEqual([]);
    });

    test('the guest finds out which VM it is', async () => {
      expect(await inA('cat /sys/class/dmi/id/product_uuid')).toBe(specA.vmUuid);
      expect(await inA('ls -d /sys/class/net/eth0; readlink -f /sys/class/net/eth0')).toMatch(
        /^\/sys\/class\/net\/eth0\n\/sys\/devices\//,
      );
    });

    test('one that was attached before the power-on is there at boot, blank', async () => {
      expect(await inA('lsblk -bdno NAME,SIZE | tr -s " " | sort')).toBe(
        `sda ${20 * 1024 * MIB}\nsdb ${320 * MIB}`,
      );
      expect(await inA(`readlink -f ${linkOf(first)} /dev/disk/by-path/pci-0000:00:05.0-scsi-0:0:1:0`)).toBe(
        '/dev/sdb\n/dev/sdb',
      );
      expect((await login.attempt(A, 'blkid -p /dev/sdb')).code).toBe(2);
    });

    test('one that is attached now is there now, and says which one it is', async () => {
      await show(a, specA, first, db);
      const serial = linkOf(db).replace('/dev/disk/by-id/scsi-1', '');
      expect(await inA(`readlink -f ${linkOf(db)}`)).toBe('/dev/sdc');
      expect(await inA('basename $(readlink -f /sys/block/sdc/device)')).toBe('2:0:2:0');
      expect(await inA('cd /sys/block/sdc/device; xargs <vendor; xargs <model; tail -c +5 vpd_pg80')).toBe(
        `NUTANIX\nVDISK\n${serial}`,
      );
      expect(await inA('cat /sys/block/sdc/device/wwid')).toBe(
        `t10.${serial.replace('NUTANIX_', 'NUTANIX ')}`,
      );
      await inA(
        `mkfs.xfs -q -L db ${linkOf(db)}; mkdir -p /srv/db; mount LABEL=db /srv/db; echo 1 >/srv/db/kept; sync`,
      );
      expect(await inA('findmnt -rno SOURCE,FSTYPE /srv/db; udevadm settle && ls /dev/disk/by-label')).toBe(
        '/dev/sdc xfs\ndb\nsystem',
      );
    });

    test('it grows while it is mounted', async () => {
      db = { ...db, sizeBytes: 384 * MIB };
      await show(a, specA, first, db);
      expect(
        await inA(
          'lsblk -bdno SIZE /dev/sdc | xargs; xfs_growfs /srv/db >/dev/null; df --output=size -m /srv/db | tail -n 1',
        ),
      ).toMatch(new RegExp(`^${String(384 * MIB)}\\n +3\\d\\d$`));
    });

    test('a copy is what it was at one moment, though it is being written, and is a disk of its own', async () => {
      const copy = volumeDisk(3, { sizeBytes: db.sizeBytes });
      await inA(
        'sync; (while echo more; do sync /srv/db/more; done >/srv/db/more) >/dev/null 2>&1 & echo $! >/run/writer',
      );
      await backend.contents?.copy(db.uuid, copy.uuid);
      await inA('kill $(cat /run/writer)');
      await show(b, specB, copy);
      expect(
        await inB(
          `xfs_repair -n ${linkOf(copy)} >/dev/null 2>&1; mount -o nouuid ${linkOf(copy)} /mnt; cat /mnt/kept`,
        ),
      ).toBe('1');
      await inB('echo 2 >/mnt/kept; umount /mnt');
      expect(await inA('cat /srv/db/kept')).toBe('1');
      await show(b, specB);
      await backend.contents?.remove([copy.uuid]);
      expect(attachedDisks([copy.uuid])).toEqual([]);
    });

    test('detached while it is mounted and written, it fails at once, and not one byte more reaches it', async () => {
      const writer =
        'i=0; while i=$((i + 1)); echo $i >>/srv/db/log && sync /srv/db/log; do :; done; echo ended >/run/ended';
      // The second line comes when the first one is on the disk.
      await inA(`(${writer}) >/dev/null 2>&1 & until grep -qsx 2 /srv/db/log; do sleep 0.1; done`);
      await show(a, specA, first);
      const before = contentOf(db);
      await inA('while [ ! -s /run/ended ]; do sleep 0.1; done');
      expect(
        (await login.attempt(A, 'dd if=/dev/zero of=/srv/db/big bs=1M count=64 conv=fsync')).code,
      ).not.toBe(0);
      expect((await login.attempt(A, 'echo x >/srv/db/kept && sync /srv/db/kept')).code).not.toBe(0);
      expect(
        await inA(`ls /sys/block; ls ${linkOf(db)} /dev/sdc /dev/disk/by-label/db 2>/dev/null || true`),
      ).toBe('sda\nsdb');
      expect(contentOf(db)).toBe(before);
      await inA('umount /srv/db');
      expect(contentOf(db)).toBe(before);
      expect(attachedDisks([db.uuid])).toEqual([]);
    });

    test('what was written before is there in the guest that gets it', async () => {
      await show(b, specB, db);
      expect(
        await inB(
          `mkdir -p /srv/db; mount ${linkOf(db)} /srv/db; cat /srv/db/kept; test -s /srv/db/log && echo log`,
        ),
      ).toBe('1\nlog');
    });

    test('a reset is a power failure: what was not written is lost, the attachment and what was written are not', async () => {
      await inB('echo synced >/srv/db/synced; sync; echo lost >/srv/db/lost; touch /run/before');
      await b.reset();
      await inB('test ! -e /run/before');
      expect(await inB(`mount ${linkOf(db)} /srv/db; cat /srv/db/synced; test ! -s /srv/db/lost`)).toBe(
        'synced',
      );
    });

    test('a guest that reboots by itself has it again', async () => {
      await inB('echo written >/srv/db/lost; touch /run/before');
      b.requestReboot();
      // A guest that goes down takes the command with it, and its exit status.
      const look = async (): Promise<string> =>
        (await login.attempt(B, 'test -e /run/before || echo rebooted')).output;
      while (!(await look()).includes('rebooted'));
      expect(await inB(`mount ${linkOf(db)} /srv/db; cat /srv/db/lost`)).toBe('written');
    });

    test('what a VM leaves when it is removed moves on', async () => {
      await backend.remove(specB.vmUuid);
      await show(a, specA, first, db);
      expect(await inA(`mount ${linkOf(db)} /srv/db; cat /srv/db/synced`)).toBe('synced');
    });
  });
}
