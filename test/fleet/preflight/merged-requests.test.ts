import { mergedRequests } from '../../../src/fleet/preflight/merged-requests.js';
import type { PlacementRequest } from '../../../src/provider/index.js';

const HOST: PlacementRequest = {
  vmName: 'a',
  cluster: 'left',
  image: 'debian',
  subnets: ['vlan'],
  categories: [],
  gpus: [],
  storageContainers: [],
  staticAddresses: [],
};

describe('what is looked up', () => {
  test('hosts that name the same are one request, without their names', () => {
    expect(mergedRequests([HOST, { ...HOST, vmName: 'b' }])).toEqual([
      { ...HOST, vmName: undefined, staticAddresses: [undefined], systemDiskGiB: undefined },
    ]);
  });

  test('every network, category and container of any of them, each once', () => {
    const category = { key: 'env', value: 'test' };
    const [merged, ...others] = mergedRequests([
      { ...HOST, storageContainers: [undefined, 'ssd'], systemDiskGiB: 40 },
      { ...HOST, subnets: ['vlan', 'store'], categories: [category], systemDiskGiB: 20 },
      { ...HOST, subnets: ['store'], categories: [category], storageContainers: ['ssd', 'hdd'] },
    ]);
    expect(others).toEqual([]);
    expect(merged).toMatchObject({
      subnets: ['vlan', 'store'],
      categories: [category],
      storageContainers: ['ssd', 'hdd'],
      systemDiskGiB: 20,
    });
  });

  test('a network with fixed addresses and without is looked at both ways, with one address', () => {
    const fixed = (ip: string): PlacementRequest => ({ ...HOST, staticAddresses: [ip] });
    expect(mergedRequests([HOST, fixed('10.0.0.1'), fixed('10.0.0.2')])).toMatchObject([
      { subnets: ['vlan', 'vlan'], staticAddresses: [undefined, '10.0.0.1'] },
    ]);
  });

  test.each<[string, Partial<PlacementRequest>]>([
    ['cluster', { cluster: 'right' }],
    ['image', { image: 'ubuntu' }],
    ['project', { project: 'p' }],
    ['GPUs, which are counted', { gpus: ['T4'] }],
  ])('another %s is a request of its own', (_, change) => {
    expect(mergedRequests([HOST, { ...HOST, ...change }, HOST])).toHaveLength(2);
  });
});
