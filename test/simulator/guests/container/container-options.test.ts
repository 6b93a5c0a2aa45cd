import type { GuestSpec } from '../../../../src/simulator/guests/index.js';
import {
  containerOptions,
  limits,
  visibleCpus,
} from '../../../../src/simulator/guests/container/container-options.js';

const SPEC: GuestSpec = {
  vmUuid: '0f3c',
  name: 'web-1',
  userData: undefined,
  metaData: undefined,
  memoryMiB: 1536,
  cpus: 2,
  nics: [],
  disks: [],
};
const PARTS = { name: 'c', image: 'i', volume: 'v', labels: {}, visibleCpus: '', endpoint: undefined };

test.each([
  [1, 4, 0, '0'],
  [1, 4, 5, '1'],
  [2, 4, 1, '2,3'],
  [3, 4, 1, '0,1,3'],
  [4, 4, 0, ''],
  [64, 2, 3, ''],
])('a guest of %i CPUs on a machine of %i, made as number %i, sees %j', (wanted, available, turn, cpus) => {
  expect(visibleCpus(wanted, available, turn)).toBe(cpus);
});

test('limits are those of the VM, without swap', () => {
  expect(limits(SPEC, '0,1')).toEqual({
    Memory: 1536 * 2 ** 20,
    MemorySwap: 1536 * 2 ** 20,
    CpuPeriod: 100_000,
    CpuQuota: 200_000,
    CpusetCpus: '0,1',
  });
});

test('no capability is asked for that engines may not give', () => {
  const capabilities: unknown = containerOptions(SPEC, PARTS).HostConfig?.CapAdd;
  expect(capabilities).toContain('SYS_ADMIN');
  expect(capabilities).not.toContain('SYS_RESOURCE');
  expect(capabilities).not.toContain('ALL');
  expect(containerOptions(SPEC, PARTS).HostConfig?.Privileged).toBeUndefined();
});

test('the first card is plugged in from the start, with its own hardware address', () => {
  const endpoint = {
    network: 'n',
    macAddress: '50:6b:8d:01:02:03',
    address: '10.77.0.10',
    hostname: 'web-1',
  };
  const options = containerOptions(SPEC, { ...PARTS, endpoint });
  expect(options.MacAddress).toBe(endpoint.macAddress);
  expect(options.HostConfig?.NetworkMode).toBe('n');
  expect(options.NetworkingConfig?.EndpointsConfig?.['n']).toEqual({
    MacAddress: endpoint.macAddress,
    Aliases: ['web-1'],
    IPAMConfig: { IPv4Address: '10.77.0.10' },
  });
});

test('a VM without cards has no network', () => {
  const options = containerOptions(SPEC, PARTS);
  expect(options.HostConfig?.NetworkMode).toBe('none');
  expect(options.NetworkingConfig).toBeUndefined();
});
