import { Cloud } from './cloud.js';
import type { Machine } from './machine.js';
import { COUNTED, onApi } from './spoken-api.js';

interface Cost {
  /** What is asked or changed once. */
  readonly requests: number;
  /** Reads of the VM, and polls of tasks: where something is waited for their number is a matter of time. */
  readonly reads: number;
  readonly polls: number;
}

/** Commands in the order of a machine's life, and the most that each may cost. */
const COMMANDS: readonly (readonly [string, Cost, readonly string[]])[] = [
  // The API that is served (v4: one request, v3: the four that look for v4), cluster, image, subnet, VMs of that name, on v3
  // the identity, the create, on v4 the power-on. Reads of the VM are for its address, and docker-machine's own.
  [
    'create',
    { requests: onApi({ v3: 10, v4: 7 }), reads: 6, polls: 6 },
    ['create', '-d', 'nutanix', 'web-1'],
  ],
  ['ls', { requests: 0, reads: 1, polls: 0 }, ['ls']],
  ['status', { requests: 0, reads: 1, polls: 0 }, ['status', 'web-1']],
  ['ip', { requests: 0, reads: 1, polls: 0 }, ['ip', 'web-1']],
  ['ssh', { requests: 0, reads: 1, polls: 0 }, ['ssh', 'web-1', 'true']],
  ['inspect', { requests: 0, reads: 0, polls: 0 }, ['inspect', 'web-1']],
  ['stop', { requests: 1, reads: 7, polls: 4 }, ['stop', 'web-1']],
  ['start', { requests: 1, reads: 9, polls: 4 }, ['start', 'web-1']],
  // On v3 the reservation is given back; the delete; reads for the ETag on v4, and that the VM is gone.
  ['rm', { requests: onApi({ v3: 2, v4: 1 }), reads: 3, polls: 4 }, ['rm', '-y', 'web-1']],
];

/** A computer that stands still lengthens a wait, and so adds reads and polls; never does it save any. */
const MOST_LIVES = 5;

/** What docker-machine's commands cost Prism Central on a good day: upper bounds that only change on purpose. */
describe('requests', () => {
  let cloud: Cloud;
  let machine: Machine;
  /** The least of several lives, by command. */
  const least = new Map<string, Cost>();

  beforeAll(async () => {
    cloud = await Cloud.start();
    machine = cloud.machine();
    for (let life = 0; life < MOST_LIVES && !COMMANDS.every(isWithin); life += 1) {
      for (const [name, , args] of COMMANDS) {
        const found = await cost(...args);
        const { requests, reads, polls } = least.get(name) ?? found;
        least.set(name, {
          // What is not waited for is the same in each life.
          requests: Math.max(requests, found.requests),
          reads: Math.min(reads, found.reads),
          polls: Math.min(polls, found.polls),
        });
      }
    }
  });
  afterAll(() => cloud.close());

  function isWithin([name, most]: readonly [string, Cost, readonly string[]]): boolean {
    const found = least.get(name);
    return found !== undefined && found.reads <= most.reads && found.polls <= most.polls;
  }

  async function cost(...args: readonly string[]): Promise<Cost> {
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

  test.each(COMMANDS)('of %s: at most %j', (name, most) => {
    const { requests, reads, polls } = least.get(name) ?? { requests: NaN, reads: NaN, polls: NaN };
    expect(requests).toBeLessThanOrEqual(most.requests);
    expect(reads).toBeLessThanOrEqual(most.reads);
    expect(polls).toBeLessThanOrEqual(most.polls);
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

  afterAll(() => {
    const figures = [...least].map(
      ([name, { requests, reads, polls }]) => `${name} ${requests}+${reads}+${polls}`,
    );
    process.stdout.write(`requests+reads+polls: ${figures.join(', ')}\n`);
  });
});
