import type { VmSpec } from '../../../../src/provider/index.js';
import { createBody } from '../../../../src/prism/v3/vm/body.js';
import { VM } from '../../fixtures.js';
import { placement, spec } from '../../spec.js';

const token = `v3:a-web-1:${VM}`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

function body(changed: Partial<VmSpec> = {}): unknown {
  return createBody({ spec: { ...spec, ...changed }, product: 'test-driver', token, vmId: VM });
}

function resources(changed: Partial<VmSpec>): unknown {
  const { spec: sent } = body(changed) as { spec: { resources: unknown } };
  return sent.resources;
}

test('a small VM, complete', () => {
  expect(body()).toEqual({
    api_version: '3.1',
    metadata: { kind: 'vm', uuid: VM },
    spec: {
      name: 'web-1',
      description: `a host [test-driver ${token}]`,
      cluster_reference: { kind: 'cluster', uuid: 'cluster-1' },
      resources: {
        power_state: 'ON',
        num_sockets: 2,
        num_vcpus_per_socket: 3,
        memory_size_mib: 4096,
        disk_list: [
          {
            device_properties: {
              device_type: 'DISK',
              disk_address: { adapter_type: 'SCSI', device_index: 0 },
            },
            data_source_reference: { kind: 'image', uuid: 'image-1' },
          },
        ],
        nic_list: [
          {
            nic_type: 'NORMAL_NIC',
            is_connected: true,
            subnet_reference: { kind: 'subnet', uuid: 'subnet-1' },
          },
        ],
        guest_customization: {
          is_overridable: false,
          cloud_init: {
            user_data: base64('#cloud-config\n'),
            meta_data: base64(`{"hostname":"web-1","uuid":"${VM}"}`),
          },
        },
      },
    },
  });
});

test('everything that can be asked for', () => {
  const sent = body({
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
      categories: [
        { key: 'env', value: 'prod' },
        { key: 'env', value: 'eu' },
        { key: 'env', value: 'eu' },
        { key: '__proto__', value: 'x' },
      ],
      gpus: [{ name: 'M60', vendor: 'NVIDIA', mode: 'VIRTUAL', deviceId: 17 }],
      storageContainers: [{ id: 'c1', name: 'fast' }, undefined],
    },
  });
  const disk = (bus: string, index: number): object => ({
    device_properties: { device_type: 'DISK', disk_address: { adapter_type: bus, device_index: index } },
  });
  expect(sent).toMatchObject({
    metadata: {
      project_reference: { kind: 'project', uuid: 'p1' },
      use_categories_mapping: true,
    },
    spec: {
      resources: {
        enable_cpu_passthrough: true,
        machine_type: 'Q35',
        boot_config: { boot_type: 'SECURE_BOOT' },
        vtpm_config: { vtpm_enabled: true },
        serial_port_list: [{ index: 0, is_connected: true }],
        gpu_list: [{ vendor: 'NVIDIA', mode: 'VIRTUAL', device_id: 17 }],
        disk_list: [
          { ...disk('SCSI', 0), disk_size_mib: 40_960 },
          {
            ...disk('SCSI', 1),
            disk_size_mib: 10_240,
            storage_config: { storage_container_reference: { kind: 'storage_container', uuid: 'c1' } },
          },
          { ...disk('SATA', 0), disk_size_mib: 20_480 },
          { ...disk('PCI', 0), disk_size_mib: 30_720 },
          { ...disk('SCSI', 2), disk_size_mib: 5_120 },
        ],
        nic_list: [
          { subnet_reference: { uuid: 's1' } },
          { subnet_reference: { uuid: 's2' }, ip_endpoint_list: [{ ip: '10.0.0.9', type: 'ASSIGNED' }] },
        ],
      },
    },
  });
  expect(JSON.stringify(sent)).toContain('"categories_mapping":{"env":["prod","eu"],"__proto__":["x"]}');
});

test.each([
  ['legacy', undefined, undefined, undefined],
  ['legacy', 'q35', undefined, 'Q35'],
  ['uefi', undefined, { boot_type: 'UEFI' }, undefined],
  ['uefi', 'pc', { boot_type: 'UEFI' }, 'PC'],
  ['secure', undefined, { boot_type: 'SECURE_BOOT' }, 'Q35'],
  ['secure', 'q35', { boot_type: 'SECURE_BOOT' }, 'Q35'],
] as const)('boot type %p on machine type %p', (bootType, machineType, boot, machine) => {
  const sent = resources({ bootType, machineType }) as Record<string, unknown>;
  expect([sent['boot_config'], sent['machine_type']]).toEqual([boot, machine]);
});

test('secure boot on a PC is refused', () => {
  expect(() => body({ bootType: 'secure', machineType: 'pc' })).toThrow('secure boot needs machine type q35');
});

test.each([{ bootType: 'secure' as const }, { machineType: 'q35' as const }])(
  'IDE on Q35 (%p) is refused',
  (how) => {
    expect(() => body({ ...how, disks: [{ sizeGiB: 1, bus: 'ide' }] })).toThrow('has no IDE bus');
  },
);

describe('cloud-init', () => {
  test.each([
    ['user-data', 96_000, true],
    ['user-data', 96_001, false],
  ])('%s of %i bytes: %p', (_name, size, fits) => {
    const make = (): unknown => body({ userData: 'x'.repeat(size) });
    if (fits) expect(make).not.toThrow();
    else expect(make).toThrow('cloud-init user-data has 96001 bytes; Prism Central takes 96000');
  });

  test('bytes count, not characters', () => {
    expect(() => body({ userData: 'ä'.repeat(48_001) })).toThrow('has 96002 bytes');
  });

  test('a host name with quotes stays JSON', () => {
    const sent = resources({ hostname: 'a"b\\c' }) as {
      guest_customization: { cloud_init: { meta_data: string } };
    };
    const text = Buffer.from(sent.guest_customization.cloud_init.meta_data, 'base64').toString();
    expect(JSON.parse(text)).toEqual({ hostname: 'a"b\\c', uuid: VM });
  });

  test('without a reserved UUID the instance id is a new one', () => {
    const sent = createBody({ spec, product: 'test-driver', token: 'v3-marks:a' });
    expect(sent).toMatchObject({ metadata: { kind: 'vm' } });
    expect(JSON.stringify(sent)).not.toContain(VM);
  });
});
