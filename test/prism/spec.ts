import type { Placement, VmSpec } from '../../src/provider/index.js';

export const placement: Placement = {
  cluster: { id: 'cluster-1', name: 'ganon' },
  image: { id: 'image-1', name: 'deb' },
  subnets: [{ id: 'subnet-1', name: 'one' }],
  categories: [],
  gpus: [],
  storageContainers: [],
  warnings: [],
};

export const spec: VmSpec = {
  name: 'web-1',
  description: 'a host',
  placement,
  sockets: 2,
  coresPerSocket: 3,
  cpuPassthrough: false,
  memoryMiB: 4096,
  disks: [],
  staticAddresses: [],
  bootType: 'legacy',
  vtpm: false,
  serialPort: false,
  userData: '#cloud-config\n',
  hostname: 'web-1',
};
