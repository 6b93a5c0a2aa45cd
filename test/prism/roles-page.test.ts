import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPERATIONS } from '../../src/prism/v4/operations.js';
import { createPrismProvider } from '../../src/prism/index.js';
import { PRESET } from '../../src/simulator/index.js';
import { silentLogger } from '../../src/support/index.js';
import { context } from './fixtures.js';
import { hasty, simulated } from './simulated.js';
import { presetSpec } from './v4/simulated-v4.js';

const { start, stop } = simulated();
afterEach(stop);

const API = ['v3', 'v4'] as const;
type Api = (typeof API)[number];

/** Operations of roles by request of v3, as public roles of other clients name them; the others are not known. */
const V3_NAMES: Readonly<Record<string, string>> = {
  'POST /vms': 'Create_Virtual_Machine',
  'DELETE /vms/*': 'Delete_Virtual_Machine',
  'GET /vms/*': 'View_Virtual_Machine',
  'POST /vms/list': 'View_Virtual_Machine',
  'GET /tasks/*': 'View_Task',
  'POST /tasks/list': 'View_Task',
  'POST /clusters/list': 'View_Cluster',
  'POST /images/list': 'View_Image',
  'POST /subnets/list': 'View_Subnet',
};
const V4_NAMES = new Map(
  OPERATIONS.map(({ method, namespace, path, name }) => [`${method} /${namespace}${path}`, name]),
);
/** Signing in, and finding out what is served: any account may. */
const FREE = /versionroutes|\/unversioned\/info/;

/** The operations of requests as the simulator counts them; a request whose operation is not known stands for it. */
function operationsOf(api: Api, requests: readonly string[]): readonly string[] {
  const named = requests
    .filter((request) => !FREE.test(request))
    .map((request) => request.replaceAll(/:\w+/g, '*'))
    .map((request) => (api === 'v3' ? V3_NAMES[request] : V4_NAMES.get(request)) ?? request);
  return [...new Set(named)].sort();
}

/** What each act of the page needs, seen at the simulator. */
async function seen(api: Api): Promise<ReadonlyMap<string, readonly string[]>> {
  const simulator = await start({ pcVersion: 'pc.7.6', profile: 'fast' });
  const { host, port, username, password, fingerprint } = simulator;
  const credentials = { kind: 'password', username, password } as const;
  const trust = { kind: 'fingerprint', sha256: fingerprint } as const;
  const provider = createPrismProvider(
    { host, port, credentials, trust, api },
    { logger: silentLogger, clock: hasty, userAgent: 'test-driver/1' },
  );
  const acts = new Map<string, readonly string[]>();
  const act = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const before = simulator.requestCounts();
    const result = await work();
    const changed = Object.entries(simulator.requestCounts()).filter(([key, count]) => count !== before[key]);
    const requests = changed.map(([key]) => key);
    acts.set(name, operationsOf(api, requests));
    return result;
  };
  const nothing = { categories: [], gpus: [], storageContainers: [], staticAddresses: [] };
  const names = {
    cluster: PRESET.cluster.name,
    image: PRESET.image.name,
    subnets: [PRESET.managedSubnet.name],
  };
  await act('nutanix-hosts init', () => provider.listOffers(context()));
  const identity = await act('create', async () => {
    const placement = await provider.resolve({ ...names, ...nothing, vmName: 'web-1' }, context());
    const creationToken = await provider.issueCreationToken('web-1', context());
    const vmId = await provider.create(creationToken, { ...presetSpec('web-1'), placement }, context());
    await provider.find({ name: 'web-1', creationToken, vmId }, context());
    return { name: 'web-1', creationToken, vmId };
  });
  const { vmId } = identity;
  await act('ls, status', () => provider.find(identity, context()));
  await act('kill', () => provider.powerOff(vmId, context()));
  await act('start', () => provider.powerOn(vmId, context()));
  await act('stop', () => provider.requestShutdown(vmId, context()));
  await provider.powerOn(vmId, context());
  await act('restart', () => provider.requestReboot(vmId, context()));
  await provider.powerOff(vmId, context());
  const size = { sockets: 4, coresPerSocket: 1, memoryMiB: 4096 };
  await act('nutanix-hosts apply --resize', () => provider.resize(vmId, size, context()));
  await act('nutanix-hosts orphans', () => provider.listOwned(undefined, context()));
  await act('rm', () => provider.remove(identity, context()));
  await provider.close();
  return acts;
}

/** The rows of the page: what is done, and the operations for it by API. */
function told(api: Api): ReadonlyMap<string, readonly string[]> {
  const page = readFileSync(join(__dirname, '../../docs/permissions.md'), 'utf8');
  const section = /## What each command needs\n([^]*?)\n## /.exec(page)?.[1] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return new Map(
    rows.map((row) => {
      const [, act = '', v4 = '', v3 = ''] = row.split('|').map((cell) => cell.trim());
      const cell = api === 'v4' ? v4 : v3;
      const operations = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
      return [act.replaceAll('`', ''), operations.sort()];
    }),
  );
}

test.each(API)('docs/permissions.md says what each command needs on %s', async (api) => {
  expect(Object.fromEntries(told(api))).toEqual(Object.fromEntries(await seen(api)));
});
