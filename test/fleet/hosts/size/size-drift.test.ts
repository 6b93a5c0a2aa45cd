import { sizeDrift } from '../../../../src/fleet/hosts/size/size-drift.js';
import type { VmSize } from '../../../../src/provider/index.js';

const DECLARED: VmSize = {
  sockets: 2,
  coresPerSocket: 1,
  memoryMiB: 4096,
  // The image decides about the system disk.
  disks: [
    { bus: 'scsi', sizeGiB: undefined },
    { bus: 'scsi', sizeGiB: 50 },
    { bus: 'sata', sizeGiB: 5 },
  ],
};
const [system, docker, sata] = [
  { bus: 'scsi', sizeGiB: 10 },
  { bus: 'scsi', sizeGiB: 50 },
  { bus: 'sata', sizeGiB: 5 },
] as const;
const REAL: VmSize = { ...DECLARED, disks: [system, docker, sata] };

test.each<[string, Partial<VmSize>, string[]]>([
  ['as declared', {}, []],
  ['disks of the buses in another order', { disks: [sata, system, docker] }, []],
  ['nothing known', { sockets: undefined, coresPerSocket: undefined, memoryMiB: undefined, disks: [] }, []],
  [
    'processors and memory',
    { sockets: 4, coresPerSocket: 2, memoryMiB: 8192 },
    ['CPU sockets 4, declared 2', 'cores of each socket 2, declared 1', 'memory 8192 MiB, declared 4096 MiB'],
  ],
  [
    'a disk that has grown',
    { disks: [system, { bus: 'scsi', sizeGiB: 80.5 }, sata] },
    ['disk scsi.1 80.5 GiB, declared 50 GiB'],
  ],
  ['a disk that is missing', { disks: [system, docker] }, ['disk sata.0 is missing']],
  [
    'a disk that nobody declared',
    { disks: [system, docker, { bus: 'scsi', sizeGiB: 7 }, sata] },
    ['disk scsi.2 of 7 GiB is not declared'],
  ],
])('%s', (_name, change, expected) => {
  expect(sizeDrift(DECLARED, { ...REAL, ...change }).map(({ text }) => text)).toEqual(expected);
});

test('each names the flag that declares it, but for disks', () => {
  const real: VmSize = { sockets: 4, coresPerSocket: 2, memoryMiB: 8192, disks: [system, docker] };
  expect(sizeDrift(DECLARED, real).map(({ flag }) => flag)).toEqual([
    'nutanix-vm-cpus',
    'nutanix-vm-cores',
    'nutanix-vm-mem',
    undefined,
  ]);
});
