import { nicsFrom } from '../../../../src/prism/v4/vm/nics.js';
import { powerOf, sizeOf, vmFrom, volumeGroupsOf } from '../../../../src/prism/v4/vm/view.js';
import { vm } from '../../../../src/prism/v4/vm/vm.js';
import { recorded } from '../table-prism.js';

/** The VM of recorded-v4 A1: powered off, one NIC in both forms, no address. */
function recordedVm(): unknown {
  const { body } = recorded('A1')[2]?.response ?? {};
  return (body as { data: unknown }).data;
}

test('a recorded VM', () => {
  expect(vmFrom(vm.parse(recordedVm()), 'id')).toEqual({
    id: 'id',
    name: 'capx-vmm-aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaa1',
    lifecycle: 'ready',
    power: 'off',
    nics: [
      { subnet: 'b30e6cff-f0a7-4300-9d98-14f9455985be', macAddress: '50:6b:8d:81:13:0a', addresses: [] },
    ],
    size: {
      sockets: 2,
      coresPerSocket: 2,
      memoryMiB: 4096,
      // 20 GiB were asked for: the image is larger.
      disks: [{ bus: 'scsi', sizeGiB: 30 }],
    },
  });
});

test.each([
  ['ON', 'on'],
  ['OFF', 'off'],
  ['PAUSED', 'paused'],
  ['UNDETERMINED', 'unknown'],
  ['$UNKNOWN', 'unknown'],
  [undefined, 'unknown'],
])('power %s is %s', (powerState, expected) => {
  expect(powerOf(vm.parse({ powerState }))).toBe(expected);
});

describe('addresses', () => {
  const at = (value: string): object => ({ value });

  test.each<[string, object, readonly (readonly [string, string])[]]>([
    ['assigned', { ipv4Config: { ipAddress: at('10.0.0.5') } }, [['10.0.0.5', 'assigned']]],
    [
      'assigned first, with further ones, then those that were learned besides',
      {
        ipv4Config: { ipAddress: at('10.0.0.5'), secondaryIpAddressList: [at('10.0.0.6')] },
        ipv4Info: { learnedIpAddresses: [at('10.0.0.5'), at('10.0.0.7')] },
      },
      [
        ['10.0.0.5', 'assigned'],
        ['10.0.0.6', 'assigned'],
        ['10.0.0.7', 'learned'],
      ],
    ],
    [
      'learned, without those of the link that come first',
      { ipv4Info: { learnedIpAddresses: [at('169.254.1.9'), at('10.0.0.7')] } },
      [['10.0.0.7', 'learned']],
    ],
    [
      'of IPv6, without those of the link',
      { ipv6Info: { learnedIpv6Addresses: [at('fe80::1'), at('2001:db8::1')] } },
      [['2001:db8::1', 'learned']],
    ],
    ['of another shape', { ipv4Config: 'none', ipv4Info: { learnedIpAddresses: [null, {}, at('')] } }, []],
  ])('%s', (_name, info, expected) => {
    for (const form of ['nicNetworkInfo', 'networkInfo']) {
      const [nic] = nicsFrom([{ [form]: info }]);
      expect(nic?.addresses.map(({ ip, source }) => [ip, source])).toEqual(expected);
    }
  });

  test('the newer form of a NIC counts', () => {
    const [nic] = nicsFrom([
      {
        nicNetworkInfo: { subnet: { extId: 's1' }, ipv4Config: { ipAddress: at('10.0.0.5') } },
        networkInfo: { subnet: { extId: 's2' } },
        nicBackingInfo: { macAddress: 'new' },
        backingInfo: { macAddress: 'old' },
      },
    ]);
    expect(nic).toMatchObject({ subnet: 's1', macAddress: 'new', addresses: [{ ip: '10.0.0.5' }] });
  });
});

describe('disks', () => {
  const disks = [
    { diskAddress: { busType: 'SCSI', index: 2 }, backingInfo: { diskSizeBytes: 2 ** 30 } },
    { diskAddress: { busType: 'SCSI', index: 1 }, backingInfo: { volumeGroupExtId: 'vg-1' } },
    { diskAddress: { busType: 'SCSI', index: 0 }, backingInfo: { diskSizeBytes: 20 * 2 ** 30 } },
    { diskAddress: { busType: 'SPAPR', index: 0 }, backingInfo: { diskSizeBytes: 7 } },
    { diskAddress: { busType: 'SATA', index: 3 } },
  ];

  test('in the order of their bus, without volume groups', () => {
    expect(sizeOf(vm.parse({ disks })).disks).toEqual([
      { bus: 'scsi', sizeGiB: 20 },
      { bus: 'scsi', sizeGiB: 1 },
      { bus: 'sata', sizeGiB: undefined },
    ]);
  });

  test('volume groups among them', () => {
    expect(volumeGroupsOf(vm.parse({ disks: [...disks, disks[1]] }))).toEqual(['vg-1']);
  });
});

test('nothing that a server leaves out or changes makes the reading of a VM fail', () => {
  for (const odd of [{}, { disks: 'x', nics: 7, powerState: [], extId: 3 }, { nics: [null], disks: [[]] }]) {
    expect(vmFrom(vm.parse(odd), 'id')).toMatchObject({ id: 'id', power: 'unknown' });
  }
});
