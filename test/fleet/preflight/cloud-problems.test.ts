import { nameProblems, swarmProblems } from '../../../src/fleet/preflight/cloud-problems.js';
import { readRequests } from '../../../src/fleet/preflight/local-problems.js';
import { NotReady } from '../../../src/fleet/preflight/not-ready.js';
import type { PlacementRequest } from '../../../src/provider/index.js';
import { OperationError, type Concern, type ErrorCode } from '../../../src/support/index.js';
import { ENVIRONMENT, fleetOf } from '../declaration/declaration.js';

const DECLARATION = `name: x
groups:
  - name: a-{1..3}
    nutanix: { vm-network: [v1, v2], storage-container: fast, disk-size: 9, vm-categories: [env=test] }
    spread: { cluster: [left, right] }
  - name: b
    nutanix: { cluster: left, disk: 'size=10,container=slow' }
`;

function failure(code: ErrorCode, concerns?: Concern): OperationError {
  return new OperationError({ code, attempted: `look up ${concerns?.name ?? ''}`, problem: 'no', concerns });
}

describe('names in the cloud', () => {
  let asked: PlacementRequest[] = [];

  async function problemsWith(...errors: readonly OperationError[]): Promise<string> {
    asked = [];
    const fleet = fleetOf(DECLARATION);
    const { hosts } = await readRequests(fleet, ENVIRONMENT);
    const cloud = {
      resolve: (request: PlacementRequest) => {
        asked.push(request);
        const [first, ...others] = asked.length === 1 ? errors : [];
        if (first === undefined)
          return Promise.resolve({ ...PLACE, cluster: { id: '1', name: request.cluster } });
        const cause = new AggregateError(errors);
        const all = new OperationError({ code: first.code, attempted: 'look up', problem: 'all', cause });
        return Promise.reject(others.length === 0 ? first : all);
      },
    };
    const call = { signal: new AbortController().signal, progress: () => undefined };
    return new NotReady('f.yaml', ['end', ...(await nameProblems(fleet, hosts, cloud, call))]).message;
  }

  test('four hosts on two clusters: two look-ups', async () => {
    expect(await problemsWith()).toBe('end\n1 problem; nothing was made or changed.');
    expect(asked.map(({ cluster, subnets }) => [cluster, ...subnets])).toEqual([
      ['left', 'v1', 'v2', 'vlan-20'],
      ['right', 'v1', 'v2'],
    ]);
  });

  test.each<[Concern, string]>([
    [{ kind: 'subnet', name: 'v2' }, 'f.yaml:4:16: '],
    [{ kind: 'storage container', name: 'fast' }, 'f.yaml:4:38: '],
    [{ kind: 'storage container', name: 'slow' }, 'f.yaml:7:31: '],
    [{ kind: 'category', name: 'env=test' }, 'f.yaml:4:77: '],
    [{ kind: 'cluster', name: 'left' }, 'f.yaml:5:15: '],
    [{ kind: 'image', name: 'debian-12' }, '$NUTANIX_VM_IMAGE: '],
    [{ kind: 'something new', name: 'x' }, ''],
  ])('%j is told at its place', async (concern, place) => {
    const text = await problemsWith(failure('not-found', concern));
    expect(text.split('\n')).toContain(`${place}look up ${concern.name}: no`);
  });

  test('several in one error are told one by one', async () => {
    const text = await problemsWith(
      failure('not-found', { kind: 'subnet', name: 'v1' }),
      failure('ambiguous', { kind: 'image', name: 'debian-12' }),
    );
    expect(text.split('\n')).toHaveLength(4);
  });

  test.each<ErrorCode>([
    'unauthenticated',
    'untrusted-certificate',
    'unreachable',
    'unavailable',
    'cancelled',
  ])('%s is about the whole and rejects at once', async (code) => {
    await expect(problemsWith(failure(code))).rejects.toMatchObject({ code });
    expect(asked).toHaveLength(1);
  });
});

describe('a swarm', () => {
  const file = (swarm: string): string => `name: x\ngroups:\n  - name: a\n    ${swarm}\n`;

  test.each<[string, string, boolean | undefined, number]>([
    ['on guests without a real engine', 'swarm: manager', false, 1],
    ['on container guests', 'swarm: manager', true, 0],
    ['on a real Prism Central', 'swarm: manager', undefined, 0],
    ['that nobody declares', 'role: b', false, 0],
  ])('%s', async (_, line, runsContainers, count) => {
    const fleet = fleetOf(file(line));
    const { hosts } = await readRequests(fleet, ENVIRONMENT);
    const problems = swarmProblems(fleet, hosts, { runsContainers });
    expect(problems).toHaveLength(count);
    if (count > 0)
      expect(new NotReady('f.yaml', problems).message).toMatch(/^f.yaml:4:5: a swarm .* --guests container,/);
  });
});

const PLACE = {
  image: { id: '2', name: 'i' },
  subnets: [],
  categories: [],
  gpus: [],
  storageContainers: [],
  warnings: [],
};
