import { storedVm } from '../../../src/settings/host/stored-vm.js';

const stored = {
  MachineName: 'web-1',
  VMId: 'vm-1',
  CreationKey: 'key',
  VMVCPUs: 2,
  VMMem: 4096,
  DockerDiskSize: 50,
  Disks: ['size=5,bus=sata'],
};
const read = (flags: ReadonlyMap<string, unknown>): ReturnType<typeof storedVm> =>
  storedVm(Buffer.from(JSON.stringify(stored)), flags);

test('how to find it, and its size as it was asked for', () => {
  expect(read(new Map())).toEqual({
    identity: { name: 'web-1', creationToken: 'key', vmId: 'vm-1' },
    size: {
      sockets: 2,
      coresPerSocket: 1,
      memoryMiB: 4096,
      disks: [
        { bus: 'scsi', sizeGiB: undefined },
        { bus: 'sata', sizeGiB: 5 },
        { bus: 'scsi', sizeGiB: 50 },
      ],
    },
  });
});

test.each([
  [{ Endpoint: 'pc.example.org' }, { host: 'pc.example.org', port: 9440 }],
  [{ Endpoint: 'https://10.0.0.1:9441/console' }, { host: '10.0.0.1', port: 9441 }],
  [
    { Endpoint: '10.0.0.1', Port: '8443' },
    { host: '10.0.0.1', port: 8443 },
  ],
  [{}, undefined],
])('%j was made on the Prism Central %j', (driver, prismCentral) => {
  expect(storedVm(Buffer.from(JSON.stringify(driver)), new Map()).prismCentral).toEqual(prismCentral);
});

test('flags that are given count before it', () => {
  const { size } = read(
    new Map<string, unknown>([
      ['nutanix-vm-mem', 8192],
      ['nutanix-vm-image-size', 30],
      ['nutanix-disk', ['size=7']],
      ['engine-label', ['a=b']],
    ]),
  );
  expect(size).toMatchObject({ sockets: 2, memoryMiB: 8192 });
  expect(size.disks.map(({ sizeGiB }) => sizeGiB)).toEqual([30, 7, 50]);
});

test('a configuration that cannot be understood is an error', () => {
  expect(() => storedVm(Buffer.from('{"VMMem":"much"}'), new Map())).toThrow(/VMMem must be a whole number/);
});
