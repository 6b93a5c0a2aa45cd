import { Cloud } from './cloud.js';
import type { Machine } from './machine.js';
import { COUNTED, onApi } from './spoken-api.js';

/** What docker-machine's commands cost Prism Central on a good day: upper bounds that only change on purpose. */
describe('requests', () => {
  let cloud: Cloud;
  let machine: Machine;

  beforeAll(async () => {
    cloud = await Cloud.start();
    machine = cloud.machine();
  });
  afterAll(() => cloud.close());

  interface Cost {
    /** What is asked or changed once. */
    readonly requests: number;
    /** Reads of the VM, and polls of tasks: where something is waited for their number is a matter of time. */
    readonly reads: number;
    readonly polls: number;
  }

  async function cost(...args: string[]): Promise<Cost> {
    const before = cloud.simulator.requestCounts();
    await machine.run(...args);
    const after = Object.entries(cloud.simulator.requestCounts()).map(
      ([route, count]) => [route, count - (before[route] ?? 0)] as const,
    );
    const sum = (isCounted: (route: string) => boolean): number =>
      after.filter(([route]) => isCounted(route)).reduce((total, [, count]) => total + count, 0);
    const { getTask, getVm } = COUNTED;
    return {
      requests: sum((route) => route !== getTask && route !== getVm),
      reads: sum((route) => route === getVm),
      polls: sum((route) => route === getTask),
    };
  }

  const figures: string[] = [];
  test.each<[string, number, number, number, readonly string[]]>([
    // The API that is served (v4: one request, v3: the four that look for v4), cluster, image, subnet, VMs of that name, on v3
    // the identity, the create, on v4 the power-on. Reads of the VM are for its address, and docker-machine's own.
    ['create', onApi({ v3: 10, v4: 7 }), 6, 6, ['create', '-d', 'nutanix', 'web-1']],
    ['ls', 0, 1, 0, ['ls']],
    ['status', 0, 1, 0, ['status', 'web-1']],
    ['ip', 0, 1, 0, ['ip', 'web-1']],
    ['ssh', 0, 1, 0, ['ssh', 'web-1', 'true']],
    ['inspect', 0, 0, 0, ['inspect', 'web-1']],
    ['stop', 1, 7, 4, ['stop', 'web-1']],
    ['start', 1, 9, 4, ['start', 'web-1']],
    // On v3 the reservation is given back; the delete; reads for the ETag on v4, and that the VM is gone.
    ['rm', onApi({ v3: 2, v4: 1 }), 3, 4, ['rm', '-y', 'web-1']],
  ])(
    'of %s: at most %i, %i reads of the VM and %i polls of tasks',
    async (name, most, mostReads, mostPolls, args) => {
      const { requests, reads, polls } = await cost(...args);
      figures.push(`${name} ${requests}+${reads}+${polls}`);
      expect(requests).toBeLessThanOrEqual(most);
      expect(reads).toBeLessThanOrEqual(mostReads);
      expect(polls).toBeLessThanOrEqual(mostPolls);
    },
  );

  test('of a machine that was never created: none for its removal', async () => {
    const failed = await machine.attempt(
      'create',
      '-d',
      'nutanix',
      '--nutanix-vm-image',
      'no-such-image',
      'web-2',
    );
    expect(failed.code).not.toBe(0);
    const before = cloud.simulator.snapshot().requests.total;
    await machine.attempt('rm', '-f', 'web-2');
    expect(cloud.simulator.snapshot().requests.total).toBe(before);
  });

  afterAll(() => void process.stdout.write(`requests+reads+polls: ${figures.join(', ')}\n`));
});
