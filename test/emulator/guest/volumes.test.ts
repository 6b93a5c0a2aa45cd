import { randomUUID } from 'node:crypto';
import type { GuestDisk } from '../../../src/simulator/guests/index.js';
import { emulatedGuests, guestSpec, Told } from '../guest.js';
import { run } from '../running-system.js';

const MIB = 2 ** 20;

function volumeDisk(index: number): GuestDisk {
  const volumeGroupUuid = randomUUID();
  return { uuid: randomUUID(), sizeBytes: 512 * MIB, adapter: 'SCSI', index, lun: 0, volumeGroupUuid };
}

/** Two guests that run, and a way to change what the first or second one has. */
async function twoGuests(...atPowerOn: GuestDisk[]) {
  const backend = emulatedGuests();
  const [one, two] = [guestSpec(), guestSpec({ name: 'web-2' })];
  const a = await backend.powerOn({ ...one, disks: [...one.disks, ...atPowerOn] }, new Told());
  const b = await backend.powerOn(two, new Told());
  const inGuest = async (vmUuid: string, command: string): Promise<string> => {
    const system = backend.system(vmUuid);
    if (system === undefined) throw new Error('the guest does not run');
    const { out, err } = await run(system, command);
    return `${out}${err}`.trim();
  };
  return {
    backend,
    a,
    inA: (command: string) => inGuest(one.vmUuid, command),
    inB: (command: string) => inGuest(two.vmUuid, command),
    showA: async (...disks: GuestDisk[]) => await a.disksChanged?.([...one.disks, ...disks]),
    showB: async (...disks: GuestDisk[]) => await b.disksChanged?.([...two.disks, ...disks]),
    vmUuid: one.vmUuid,
  };
}

test('one that is attached is there now, under the names that AHV gives, and gone when it is detached', async () => {
  const disk = volumeDisk(3);
  const { inA, showA } = await twoGuests();
  await showA(disk);
  const byId = `/dev/disk/by-id/scsi-1NUTANIX_NFS_1_0_${Number.parseInt(disk.uuid.slice(0, 4), 16)}_${disk.uuid.replaceAll('-', '_')}`;
  expect(await inA(`readlink -f ${byId} /dev/disk/by-path/*-scsi-0:0:3:0`)).toBe('/dev/sdb\n/dev/sdb');
  expect(await inA('lsblk -bdno NAME,SIZE /dev/sdb')).toBe(`sdb  ${512 * MIB}`);
  await showA({ ...disk, sizeBytes: 1024 * MIB });
  expect(await inA('lsblk -bdno NAME,SIZE /dev/sdb')).toBe(`sdb  ${1024 * MIB}`);
  await inA('mkfs.ext4 -q -L db /dev/sdb; mkdir /srv/db; mount LABEL=db /srv/db');
  await showA();
  expect(await inA('ls /dev/sdb /dev/disk/by-label/db; ls /srv/db; findmnt -n /srv/db')).toMatch(
    /^(ls: cannot access '\/dev\/(sdb|disk\/by-label\/db)': No such file or directory\n?){2}$/,
  );
});

test('what it holds moves with it; the guest that had it cannot write to it any more', async () => {
  const disk = volumeDisk(1);
  const { inA, inB, showA, showB } = await twoGuests(disk);
  await inA('mkfs.xfs -q -L db /dev/sdb; mkdir /srv/db; mount LABEL=db /srv/db; echo 1 >/srv/db/kept');
  await showA();
  await inA('echo 2 >/srv/db/kept');
  await showB(disk);
  expect(await inB('mkdir /srv/db; mount LABEL=db /srv/db; cat /srv/db/kept')).toBe('1');
});

test('a copy is one of its own, and what is removed is blank', async () => {
  const [disk, copy] = [volumeDisk(1), volumeDisk(2)];
  const { backend, inA, inB, showA, showB } = await twoGuests(disk);
  await inA('mkfs.xfs -q -L db /dev/sdb; mkdir /srv/db; mount LABEL=db /srv/db; echo 1 >/srv/db/kept');
  await backend.contents.copy(disk.uuid, copy.uuid);
  await inA('echo 2 >/srv/db/kept');
  await showB(copy);
  expect(await inB('mkdir /srv/db; mount LABEL=db /srv/db; cat /srv/db/kept; echo 3 >/srv/db/kept')).toBe(
    '1',
  );
  expect(await inA('cat /srv/db/kept')).toBe('2');
  await showB();
  await showA();
  await backend.contents.remove([disk.uuid, copy.uuid]);
  await showB(copy);
  expect(await inB('blkid -p /dev/sdb; echo $?')).toBe('2');
});

test('a reset keeps the attachment; the guest knows which VM it is', async () => {
  const disk = volumeDisk(1);
  const { a, inA, showA, vmUuid } = await twoGuests();
  await showA(disk);
  await a.reset();
  expect(await inA('lsblk -dno NAME; cat /sys/class/dmi/id/product_uuid')).toBe(`sda\nsdb\n${vmUuid}`);
});
