import { Cloud } from './cloud.js';
import type { Machine } from './machine.js';
import { COUNTED } from './spoken-api.js';

/** What docker-machine's commands cost Prism Central on a good day: upper bounds that only change on purpose. */
describe('requests', () => {
  let cloud: Cloud;
  let machine: Machine;

  beforeAll(async () => {
    cloud = await Cloud.start();
    machine = cloud.machine();
  });
  afterAll(() => cloud.close());

  /** Requests by route that a command line causes; polls of tasks apart, whose number is a matter of time. */
  async function cost(...args: string[]): Promise<{ readonly requests: number; readonly polls: number }> {
    const before = cloud.simulator.requestCounts();
    await machine.run(...args);
    const after = Object.entries(cloud.simulator.requestCounts()).map(
      ([route, count]) => [route, count - (before[route] ?? 0)] as const,
    );
    const sum = (entries: typeof after): number => entries.reduce((total, [, count]) => total + count, 0);
    const isPoll = ([route]: readonly [string, number]): boolean => route === COUNTED.getTask;
    return {
      requests: sum(after.filter((entry) => !isPoll(entry))),
      polls: sum(after.filter(isPoll)),
    };
  }

  const figures: string[] = [];
  test.each<[string, number, number, readonly string[]]>([
    // Cluster, image, subnet, identity, create, and looks at the VM: for its address and by docker-machine.
    ['create', 13, 6, ['create', '-d', 'nutanix', 'web-1']],
    ['ls', 1, 0, ['ls']],
    ['status', 1, 0, ['status', 'web-1']],
    ['ip', 1, 0, ['ip', 'web-1']],
    ['ssh', 1, 0, ['ssh', 'web-1', 'true']],
    ['inspect', 0, 0, ['inspect', 'web-1']],
    ['stop', 8, 4, ['stop', 'web-1']],
    ['start', 10, 4, ['start', 'web-1']],
    // The reservation, the delete, and a look that the VM is gone.
    ['rm', 5, 4, ['rm', '-y', 'web-1']],
  ])('of %s: at most %i, and %i polls of tasks', async (name, most, mostPolls, args) => {
    const { requests, polls } = await cost(...args);
    figures.push(`${name} ${requests}+${polls}`);
    expect(requests).toBeLessThanOrEqual(most);
    expect(polls).toBeLessThanOrEqual(mostPolls);
  });

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

  afterAll(() => void process.stdout.write(`requests+polls: ${figures.join(', ')}\n`));
});
