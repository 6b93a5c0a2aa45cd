import type { VmSpec } from '../../../../src/provider/index.js';
import { createBody, type BodyInput } from '../../../../src/prism/v4/vm/body.js';
import { VM } from '../../fixtures.js';
import { placement, spec } from '../../spec.js';

const token = `v4:${VM}`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

function body(changed: Partial<VmSpec> = {}, input: Partial<BodyInput> = {}): unknown {
  return createBody({
    spec: { ...spec, ...changed },
    product: 'test-driver',
    token,
    requestId: VM,
    categoryIds: [],
    isFrom41: true,
    ...input,
  });
}

test('a small VM, complete', () => {
  expect(body()).toEqual({
    name: 'web-1',
    description: `a host [made for web-1] [test-driver ${token}]`,
    numSockets: 2,
    numCoresPerSocket: 3,
    memorySizeBytes: 4_294_967_296,
    cluster: { extId: 'cluster-1' },
    disks: [
      {
        diskAddress: { busType: 'SCSI', index: 0 },
        backingInfo: {
          $objectType: 'vmm.v4.ahv.config.VmDisk',
          dataSource: {
            reference: { $objectType: 'vmm.v4.ahv.config.ImageReference', imageExtId: 'image-1' },
          },
        },
      },
    ],
    nics: [
      {
        nicBackingInfo: { $objectType: 'vmm.v4.ahv.config.VirtualEthernetNic', isConnected: true },
        nicNetworkInfo: {
          $objectType: 'vmm.v4.ahv.config.VirtualEthernetNicNetworkInfo',
          nicType: 'NORMAL_NIC',
          subnet: { extId: 'subnet-1' },
        },
      },
    ],
    guestCustomization: {
      config: {
        $objectType: 'vmm.v4.ahv.config.CloudInit',
        datasourceType: 'CONFIG_DRIVE_V2',
        metadata: base64(`{"hostname":"web-1","uuid":"${VM}"}`),
        cloudInitScript: { $objectType: 'vmm.v4.ahv.config.Userdata', value: base64('#cloud-config\n') },
      },
    },
  });
});

const everything: Partial<VmSpec> = {
  systemDiskGiB: 40,
  cpuPassthrough: true,
  serialPort: true,
  vtpm: true,
  bootType: 'secure',
  staticAddresses: [undefined, '10.0.0.9'],
  disks: [
    { sizeGiB: 10, bus: 'scsi' },
    { sizeGiB: 20, bus: 'sata' },
    { sizeGiB: 30, bus: 'pci' },
    { sizeGiB: 5, bus: 'scsi' },
  ],
  placement: {
    ...placement,
    subnets: [
      { id: 's1', name: 'one' },
      { id: 's2', name: 'two' },
    ],
    project: { id: 'p1', name: 'dev' },
    gpus: [{ name: 'M60', vendor: 'NVIDIA', mode: 'VIRTUAL', deviceId: 17 }],
    storageContainers: [{ id: 'c1', name: 'fast' }, undefined],
  },
};

function disk(busType: string, index: number, gib: number, container?: string): object {
  const storageContainer = container === undefined ? {} : { storageContainer: { extId: container } };
  return {
    diskAddress: { busType, index },
    backingInfo: {
      $objectType: 'vmm.v4.ahv.config.VmDisk',
      diskSizeBytes: gib * 1024 ** 3,
      ...storageContainer,
    },
  };
}

test('everything that can be asked for', () => {
  const sent = body(everything, {
    categoryIds: ['k1', 'k2', 'k1'],
    origin: 'alice@build-7',
    group: 'ci',
  }) as {
    readonly disks: readonly unknown[];
  };
  expect(sent).toMatchObject({
    description: `a host [made by alice@build-7 for web-1 in ci] [test-driver ${token}]`,
    isCpuPassthroughEnabled: true,
    project: { extId: 'p1' },
    categories: [{ extId: 'k1' }, { extId: 'k2' }],
    machineType: 'Q35',
    bootConfig: { $objectType: 'vmm.v4.ahv.config.UefiBoot', isSecureBootEnabled: true },
    vtpmConfig: { isVtpmEnabled: true },
    serialPorts: [{ index: 0, isConnected: true }],
    gpus: [{ vendor: 'NVIDIA', mode: 'VIRTUAL', deviceId: 17 }],
    nics: [
      { nicNetworkInfo: { subnet: { extId: 's1' } } },
      {
        nicNetworkInfo: {
          subnet: { extId: 's2' },
          ipv4Config: { shouldAssignIp: true, ipAddress: { value: '10.0.0.9' } },
        },
      },
    ],
  });
  expect(sent.disks[0]).toMatchObject({ backingInfo: { diskSizeBytes: 40 * 1024 ** 3 } });
  expect(sent.disks.slice(1)).toEqual([
    disk('SCSI', 1, 10, 'c1'),
    disk('SATA', 0, 20),
    disk('PCI', 0, 30),
    disk('SCSI', 2, 5),
  ]);
});

test.each<[VmSpec['bootType'], unknown]>([
  ['legacy', undefined],
  ['uefi', { $objectType: 'vmm.v4.ahv.config.UefiBoot' }],
])('booting by %s', (bootType, expected) => {
  expect((body({ bootType }) as { bootConfig?: unknown }).bootConfig).toEqual(expected);
});

test('no body ever has a power state: a create with one fails', () => {
  for (const sent of [body(), body(everything), body({}, { isFrom41: false })]) {
    expect(JSON.stringify(sent)).not.toContain('powerState');
  }
});

test('nothing says of what kind it is where there is only one, and nothing discriminates', () => {
  const text = JSON.stringify(body(everything));
  expect(text).not.toMatch(/Discriminator|\$reserved/);
  expect(body(everything)).not.toHaveProperty('$objectType');
});

describe('API v4.0', () => {
  test('has NICs in their older form', () => {
    expect(body({ staticAddresses: ['10.0.0.9'] }, { isFrom41: false })).toMatchObject({
      nics: [
        {
          backingInfo: { isConnected: true },
          networkInfo: {
            nicType: 'NORMAL_NIC',
            subnet: { extId: 'subnet-1' },
            ipv4Config: { shouldAssignIp: true, ipAddress: { value: '10.0.0.9' } },
          },
        },
      ],
    });
  });

  test('knows no project', () => {
    expect(() => body(everything, { isFrom41: false })).toThrow(
      'API v4.0 of this Prism Central puts no VM into a project, and project "dev" was asked for. Leave the project out',
    );
  });
});

test.each<[Partial<VmSpec>, string]>([
  [{ bootType: 'secure', machineType: 'pc' }, 'secure boot needs machine type q35, and pc was asked for'],
  [{ machineType: 'q35', disks: [{ sizeGiB: 1, bus: 'ide' }] }, 'has no IDE bus'],
  [{ userData: 'x'.repeat(96_001) }, 'cloud-init user-data has 96001 bytes; Prism Central takes 96000'],
])('%p is refused', (changed, words) => {
  expect(() => body(changed)).toThrow(words);
});
