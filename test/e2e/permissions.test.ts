import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPERATIONS } from '../../src/prism/v4/operations.js';
import { Cloud } from './cloud.js';
import { dist, DOCKER_MACHINE, Machine, ROOT } from './machine.js';
import { API } from './spoken-api.js';

/** Operations of roles by request of v3, as public roles of other clients name them; the others are not known. */
const V3_NAMES: ReadonlyMap<string, string> = new Map([
  ['POST /vms', 'Create_Virtual_Machine'],
  ['DELETE /vms/*', 'Delete_Virtual_Machine'],
  ['GET /vms/*', 'View_Virtual_Machine'],
  ['POST /vms/list', 'View_Virtual_Machine'],
  ['GET /tasks/*', 'View_Task'],
  ['POST /tasks/list', 'View_Task'],
  ['POST /clusters/list', 'View_Cluster'],
  ['POST /images/list', 'View_Image'],
  ['POST /subnets/list', 'View_Subnet'],
]);
const V4_NAMES: ReadonlyMap<string, string | undefined> = new Map(
  OPERATIONS.map(({ method, namespace, path, name }) => [`${method} /${namespace}${path}`, name]),
);
const NAMES = API === 'v3' ? V3_NAMES : V4_NAMES;
/** Signing in, and finding out what is served, also where v4 is not: any account may. */
const FREE = /versionroutes|\/unversioned\/info|^\(unknown\)$/;

/** The operations of requests as the simulator counts them; a request whose operation is not known stands for it. */
function operationsOf(requests: readonly string[]): readonly string[] {
  const named = requests
    .filter((request) => !FREE.test(request))
    .map((request) => request.replaceAll(/:\w+/g, '*'))
    .map((request) => NAMES.get(request) ?? request);
  return [...new Set(named)].sort();
}

/** The rows of the page: what is done, and the operations for it. */
function told(): Readonly<Record<string, readonly string[]>> {
  const page = readFileSync(join(ROOT, 'docs', 'permissions.md'), 'utf8');
  const section = /## What each command needs\n([^]*?)\n## /.exec(page)?.[1] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return Object.fromEntries(
    rows.map((row) => {
      const [, act = '', v4 = '', v3 = ''] = row.split('|').map((cell) => cell.trim());
      const operations = [...(API === 'v4' ? v4 : v3).matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
      return [act.replaceAll('`', ''), operations.sort()];
    }),
  );
}

/** What the role of an account needs, seen at Prism Central while the client and nutanix-hosts work. */
describe('docs/permissions.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'permissions-'));
  const seen: Record<string, readonly string[]> = {};
  let cloud: Cloud;
  let machine: Machine;

  beforeAll(async () => {
    cloud = await Cloud.start();
    machine = new Machine(DOCKER_MACHINE, cloud.env, folder);
  });
  afterAll(async () => {
    machine.dispose();
    await cloud.close();
    rmSync(folder, { recursive: true });
  });

  async function act(name: string, work: () => Promise<unknown>): Promise<void> {
    const before = cloud.simulator.requestCounts();
    await work();
    const after = Object.entries(cloud.simulator.requestCounts());
    seen[name] = operationsOf(after.filter(([key, count]) => count !== before[key]).map(([key]) => key));
  }

  async function hosts(...args: string[]): Promise<void> {
    const { code, output } = await machine.startProgram(dist('nutanix-hosts'), ...args).outcome;
    if (code !== 0) throw new Error(`nutanix-hosts ${args.join(' ')}: ${output}`);
  }

  test('says what each command needs', async () => {
    await act('create', () => machine.run('create', '-d', 'nutanix', 'web-1'));
    await act('ls, status', async () => [await machine.run('ls'), await machine.run('status', 'web-1')]);
    for (const command of ['stop', 'start', 'restart', 'kill']) {
      await act(command, () => machine.run(command, 'web-1'));
    }
    await act('rm', () => machine.run('rm', '-y', 'web-1'));
    await act('nutanix-hosts init', () => hosts('init'));
    await hosts('apply');
    const file = join(folder, 'hosts.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('vm-cpus: 2', 'vm-cpus: 3'));
    await act('nutanix-hosts apply --resize', () => hosts('apply', '--resize'));
    await act('nutanix-hosts orphans', () => hosts('orphans'));
    await hosts('destroy', '--yes');
    expect(told()).toEqual(seen);
  });
});
