import fc from 'fast-check';
import type { GuestDisk } from '../../../../src/simulator/guests/index.js';
import {
  describeHardware,
  nameDisks,
  nameNewDisk,
} from '../../../../src/simulator/guests/container/hardware.js';

function disk(adapter: string, index: number, uuid = `${adapter}-${index}`): GuestDisk {
  return { uuid, sizeBytes: 2 ** 30, adapter, index };
}

describe('names of disks', () => {
  test.each([
    ['SCSI by index', ['SCSI 0', 'SCSI 1', 'SCSI 2'], ['sda', 'sdb', 'sdc']],
    ['a gap in the indexes does not show', ['SCSI 0', 'SCSI 3'], ['sda', 'sdb']],
    ['the order of the list does not matter', ['SCSI 1', 'SCSI 0'], ['sdb', 'sda']],
    ['disks of one place by their LUN', ['SCSI 1 1', 'SCSI 1 0', 'SCSI 0'], ['sdc', 'sdb', 'sda']],
    ['SATA after SCSI', ['SATA 0', 'SCSI 0', 'SCSI 1'], ['sdc', 'sda', 'sdb']],
    ['IDE after SATA, unknown ones last', ['SPAPR 0', 'IDE 0', 'SATA 0'], ['sdc', 'sdb', 'sda']],
    ['PCI disks are virtio ones', ['PCI 0', 'SCSI 0', 'PCI 1'], ['vda', 'sda', 'vdb']],
    ['in any letters', ['scsi 0', 'pci 0'], ['sda', 'vda']],
  ])('%s', (_, places, names) => {
    const disks = places.map((place) => {
      const [adapter = '', index, lun] = place.split(' ');
      return { ...disk(adapter, Number(index)), lun: Number(lun ?? 0) };
    });
    expect(nameDisks(disks).map(({ name }) => name)).toEqual(names);
  });

  test('after z comes aa', () => {
    const disks = Array.from({ length: 54 }, (_, index) => disk('SCSI', index));
    const names = nameDisks(disks).map(({ name }) => name);
    expect([names[25], names[26], names[51], names[52]]).toEqual(['sdz', 'sdaa', 'sdaz', 'sdba']);
  });

  test('are never given twice', () => {
    const disks = fc.array(
      fc.record({
        uuid: fc.uuid(),
        sizeBytes: fc.nat(),
        adapter: fc.constantFrom('SCSI', 'SATA', 'PCI', 'IDE', 'other'),
        index: fc.nat({ max: 5 }),
      }),
    );
    fc.assert(
      fc.property(disks, (list) => {
        const named = nameDisks(list);
        expect(named.map(({ disk: one }) => one)).toEqual(list);
        expect(new Set(named.map(({ name }) => name)).size).toBe(list.length);
      }),
    );
  });
});

describe('the hardware description', () => {
  const own = [disk('SCSI', 0, '00ff0000-1111-4222-8333-444455556666'), disk('PCI', 0, 'bbb')];
  const volume = {
    ...disk('SCSI', 1, '00010000-1111-4222-8333-444455556666'),
    lun: 2,
    volumeGroupUuid: 'vg',
  };

  test('has a line for everything that the guest sets up', () => {
    const [first, ...others] = nameDisks([volume, ...own]).map((named) => ({ named, device: 7 }));
    const description = describeHardware({
      vmUuid: '0f3c',
      disks: others.map(({ named }) => named),
      volumes: first === undefined ? [] : [first],
      nics: [{ macAddress: '50:6b:8d:01:02:03', subnet: '10.77.0.0/24' }],
      isolated: true,
    });
    const serials = [
      'NFS_1_0_255_00ff0000_1111_4222_8333_444455556666',
      'NFS_1_0_1_00010000_1111_4222_8333_444455556666',
    ];
    expect(description).toBe(
      [
        'vm 0f3c',
        'network isolated',
        'nic 50:6b:8d:01:02:03 10.77.0.0/24',
        `disk sda 1073741824 00ff0000-1111-4222-8333-444455556666 2:0:0:0 ${String(serials[0])} by-id/scsi-00ff0000-1111-4222-8333-444455556666 by-id/scsi-1NUTANIX_${String(serials[0])} by-path/pci-0000:00:05.0-scsi-0:0:0:0`,
        'disk vda 1073741824 bbb - - by-id/pci-bbb',
        `volume sdb 7 00010000-1111-4222-8333-444455556666 2:0:1:2 ${String(serials[1])} by-id/scsi-1NUTANIX_${String(serials[1])} by-path/pci-0000:00:05.0-scsi-0:0:1:2`,
        '',
      ].join('\n'),
    );
  });

  test('says it of a guest with a way out', () => {
    const parts = { vmUuid: '0f3c', disks: [], volumes: [], nics: [], isolated: false };
    expect(describeHardware(parts)).toBe('vm 0f3c\nnetwork routed\n');
  });
});

test('a disk that is plugged in gets the first free name', () => {
  const names = new Set(['sda', 'sdc', 'vda']);
  expect(nameNewDisk(disk('SCSI', 9), names).name).toBe('sdb');
  expect(nameNewDisk(disk('PCI', 9), names).name).toBe('vdb');
});
