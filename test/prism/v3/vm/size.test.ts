import { entity } from '../../../../src/prism/v3/envelope.js';
import { sizeFrom } from '../../../../src/prism/v3/vm/size.js';
import { recording } from '../../fixtures.js';

const disk = (adapter: string, index: number, size: object, type = 'DISK'): object => ({
  device_properties: {
    device_type: type,
    disk_address: { adapter_type: adapter, device_index: index },
  },
  ...size,
});

test('of a recorded VM', () => {
  const { status } = entity.parse(recording('GetVM').response.body);
  expect(sizeFrom(status?.resources)).toEqual({
    sockets: 1,
    coresPerSocket: 1,
    memoryMiB: 1024,
    disks: [{ bus: 'scsi', sizeGiB: 8 }],
  });
});

test('disks in the order of their places, in bytes before MiB, without CD-ROMs', () => {
  const disk_list = [
    disk('IDE', 0, { disk_size_mib: 1 }, 'CDROM'),
    disk('SCSI', 1, { disk_size_mib: 20_481, disk_size_bytes: 20 * 1024 ** 3 }),
    disk('SATA', 0, {}),
    disk('SCSI', 0, { disk_size_mib: 10_240 }),
    disk('SPAPR', 0, { disk_size_mib: 1 }),
    {},
  ];
  expect(sizeFrom({ disk_list }).disks).toEqual([
    { bus: 'sata', sizeGiB: undefined },
    { bus: 'scsi', sizeGiB: 10 },
    { bus: 'scsi', sizeGiB: 20 },
  ]);
});

test.each([[undefined], [null], [{ disk_list: null, num_sockets: 'two' }]])(
  'nothing is known of %p',
  (resources) => {
    expect(sizeFrom(resources)).toEqual({
      sockets: undefined,
      coresPerSocket: undefined,
      memoryMiB: undefined,
      disks: [],
    });
  },
);
