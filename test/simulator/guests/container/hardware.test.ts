import fc from 'fast-check';
import type { GuestDisk, GuestSpec } from '../../../../src/simulator/guests/index.js';
import { describeHardware, nameDisks } from '../../../../src/simulator/guests/container/hardware.js';

function disk(adapter: string, index: number, uuid = `${adapter}-${index}`): GuestDisk {
  return { uuid, sizeBytes: 2 ** 30, adapter, index };
}

const SPEC: GuestSpec = {
  vmUuid: '0f3c',
  name: 'web-1',
  userData: undefined,
  metaData: undefined,
  memoryMiB: 1024,
  cpus: 1,
  nics: [],
  disks: [disk('SCSI', 0, 'aaa'), disk('PCI', 0, 'bbb')],
};

describe('names of disks', () => {
  test.each([
    ['SCSI by index', ['SCSI 0', 'SCSI 1', 'SCSI 2'], ['sda', 'sdb', 'sdc']],
    ['a gap in the indexes does not show', ['SCSI 0', 'SCSI 3'], ['sda', 'sdb']],
    ['the order of the list does not matter', ['SCSI 1', 'SCSI 0'], ['sdb', 'sda']],
    ['SATA after SCSI', ['SATA 0', 'SCSI 0', 'SCSI 1'], ['sdc', 'sda', 'sdb']],
    ['IDE after SATA, unknown ones last', ['SPAPR 0', 'IDE 0', 'SATA 0'], ['sdc', 'sdb', 'sda']],
    ['PCI disks are virtio ones', ['PCI 0', 'SCSI 0', 'PCI 1'], ['vda', 'sda', 'vdb']],
    ['in any letters', ['scsi 0', 'pci 0'], ['sda', 'vda']],
  ])('%s', (_, places, names) => {
    const disks = places.map((place) => {
      const [adapter = '', index] = place.split(' ');
      return disk(adapter, Number(index));
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

test('the description has a line for everything that the guest sets up', () => {
  const nics = [{ macAddress: '50:6b:8d:01:02:03', subnet: '10.77.0.0/24' }];
  expect(describeHardware(SPEC, nics, true)).toBe(
    [
      'network isolated',
      'nic 50:6b:8d:01:02:03 10.77.0.0/24',
      'disk sda 1073741824 aaa by-id/scsi-aaa by-path/pci-0000:00:05.0-scsi-0:0:0:0',
      'disk vda 1073741824 bbb by-id/pci-bbb',
      '',
    ].join('\n'),
  );
});

test('a guest with a way out says so', () => {
  expect(describeHardware(SPEC, [], false)).toMatch(/^network routed\ndisk /);
});
