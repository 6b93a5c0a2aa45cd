import { createPrismVolumes } from '../../../../src/prism/index.js';
import type { Volumes } from '../../../../src/provider/index.js';
import { PRESET } from '../../../../src/simulator/index.js';
import { context, FastClock, KeptLog, rejection } from '../../fixtures.js';
import { simulated } from '../../simulated.js';
import { data, TablePrism, type Asked, type TableAnswer } from '../table-prism.js';
import { placement, volumesPorts } from './simulated-volumes.js';

const { start, stop } = simulated();
const { to, stop: stopVolumes } = volumesPorts();
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
  await stopVolumes();
  await stop();
});

const CLUSTERS = 'GET /api/clustermgmt/v4.3/config/clusters';
const CONTAINERS = 'GET /api/clustermgmt/v4.3/config/storage-containers';
const SPOKEN = 'v4 vmm=4.3 prism=4.4 clustermgmt=4.3 networking=4.4 volumes=4.3';
const cluster = (extId: string, more: object = {}): object => ({
  ...{ extId, name: extId, config: { clusterFunction: ['AOS'] } },
  ...more,
});
const container = (name: string, more: object = {}): object => ({
  ...{ containerExtId: `id-${name}`, name, clusterExtId: 'one' },
  ...more,
});
const pc = { extId: 'pc', name: 'Unnamed', config: { clusterFunction: ['PRISM_CENTRAL'] } };

async function table(rows: Readonly<Record<string, TableAnswer>>): Promise<Volumes> {
  const prism = await TablePrism.start(rows);
  const tools = { logger: new KeptLog(), clock: new FastClock(), userAgent: 'test/1', spokenApi: SPOKEN };
  const volumes = createPrismVolumes(prism.connection, tools);
  opened.push(prism, volumes);
  return volumes;
}

test('by name and by id, with the portal', async () => {
  const simulator = await start({ pcVersion: 'pc.7.6', profile: 'fast' });
  const volumes = to(simulator);
  const asked = { cluster: PRESET.cluster.name, storageContainer: PRESET.defaultContainer.uuid };
  const found = await volumes.resolvePlacement(asked, context());
  expect(found).toMatchObject(placement);
  expect(found.portal).toMatch(/^\d+\.\d+\.\d+\.\d+:3260$/);
});

test.each<[string, object[], object[], unknown]>([
  [
    'the only cluster and its default container',
    [pc, cluster('one')],
    [container('x'), container('default-container-77')],
    {
      cluster: { id: 'one', name: 'one' },
      storageContainer: { id: 'id-default-container-77', name: 'default-container-77' },
      portal: undefined,
    },
  ],
  [
    'the only container that is not its own',
    [cluster('one')],
    [container('x'), container('y', { isInternal: true }), container('z', { clusterExtId: 'two' })],
    { storageContainer: { name: 'x' } },
  ],
  [
    'an IPv6 portal',
    [cluster('one', { network: { externalDataServiceIp: { ipv6: { value: 'fd00::1' } } } })],
    [container('x')],
    { portal: '[fd00::1]:3260' },
  ],
])('nothing named: %s', async (_name, clusters, containers, expected) => {
  const volumes = await table({ [CLUSTERS]: data(clusters), [CONTAINERS]: data(containers) });
  expect(await volumes.resolvePlacement({}, context())).toMatchObject(expected as object);
});

test.each<[string, object[], object[], object, string]>([
  [
    'two clusters',
    [cluster('one'), cluster('two')],
    [container('x')],
    {},
    'no cluster is named, and there are 2: "one", "two". Name one of them in the settings (cluster).',
  ],
  ['no cluster', [pc], [], {}, 'this account sees no cluster that volumes could lie on. Check its role.'],
  [
    'two containers',
    [cluster('one')],
    [container('x'), container('y')],
    {},
    'no storage container is named, and there are 2: "x", "y". Name one of them in the settings (storage-container).',
  ],
  [
    'both wrong',
    [cluster('one')],
    [container('x')],
    { cluster: 'a', storageContainer: 'b' },
    'look up cluster "a": there is no cluster of that name or UUID',
  ],
  [
    'both wrong',
    [cluster('one')],
    [container('x')],
    { cluster: 'a', storageContainer: 'b' },
    'there is no storage container of that name or UUID',
  ],
])('%s: told', async (_name, clusters, containers, request, words) => {
  const volumes = await table({ [CLUSTERS]: data(clusters), [CONTAINERS]: data(containers) });
  const error = await rejection(volumes.resolvePlacement(request, context()));
  expect((error as Error).message).toContain(words);
});

test('free bytes are those of the newest sample, and unknown where there is none', async () => {
  const path = 'GET /api/clustermgmt/v4.3/stats/storage-containers/c';
  const where = { cluster: { id: 'one', name: 'one' }, storageContainer: { id: 'c', name: 'c' } };
  const samples = [
    { value: 5, timestamp: '2026-10-05T09:00:00Z' },
    { value: 7, timestamp: '2026-10-05T09:00:30Z' },
  ];
  const told = await table({ [path]: data({ storageFreeBytes: samples }) });
  expect(await told.freeBytes(where, context())).toBe(7);
  expect(await (await table({ [path]: data({}) })).freeBytes(where, context())).toBeUndefined();
  expect(await (await table({})).freeBytes(where, context())).toBeUndefined();
});

test('free bytes, as the simulator tells them', async () => {
  const volumes = to(await start({ pcVersion: 'pc.7.6', profile: 'fast' }));
  expect(await volumes.freeBytes(placement, context())).toBeGreaterThan(2 ** 30);
});

describe('which API', () => {
  test('a server without v4: every call says so, and what to do', async () => {
    const volumes = to(await start({ pcVersion: 'pc.2022.9', profile: 'fast' }));
    for (const call of [
      async () => await volumes.list(undefined, context()),
      async () => await volumes.find('x', context()),
    ]) {
      const error = await rejection(call());
      expect(error).toMatchObject({ code: 'unsupported' });
      expect((error as Error).message).toMatch(
        /volumes need the v4 API of Prism Central, and .* does not serve it: .*\. Prism Central has it from pc\.2024\.3 on/,
      );
    }
  });

  test('v3 is asked for: nothing is sent', async () => {
    const simulator = await start({ pcVersion: 'pc.7.6', profile: 'fast' });
    const volumes = to(simulator, { api: 'v3' });
    expect(await rejection(volumes.list(undefined, context()))).toMatchObject({
      code: 'unsupported',
      problem: 'volumes need the v4 API of Prism Central, and API v3 is asked for',
      advice: 'Set prism.api to auto or v4: Prism Central has it from pc.2024.3 on.',
    });
    expect(simulator.snapshot().requests.total).toBe(0);
  });

  test('a server that is upgraded while the process goes on is asked again', async () => {
    const clock = new FastClock();
    const simulator = await start({ pcVersion: 'pc.7.6', profile: 'fast' });
    simulator.addFault({ name: 'old', match: { api: 'v4' }, do: { absent: 404 } });
    simulator.addFault({ name: 'older', match: { path: '/api/actuator/**' }, do: { absent: 404 } });
    const volumes = to(simulator, { clock });
    const first = await rejection(volumes.list(undefined, context()));
    expect(first).toMatchObject({ code: 'unsupported' });
    const { total } = simulator.snapshot().requests;
    expect(await rejection(volumes.list(undefined, context()))).toBe(first);
    expect(simulator.snapshot().requests.total).toBe(total);
    simulator.clearFaults();
    await clock.sleep(61_000);
    expect(await volumes.list(undefined, context())).toEqual([]);
  });

  test('a thousand volumes are eleven requests', async () => {
    const groups = Array.from({ length: 1_000 }, (_, index) => ({
      ...{ extId: `g${index}`, name: `v-${index}`, attachmentType: 'DIRECT' },
      attachments: [{ attachment: { $objectType: 'volumes.v4.config.VmAttachment', extId: 'vm', index: 3 } }],
    }));
    const prism = await TablePrism.start({
      'GET /api/volumes/v4.3/config/volume-groups': ({ query }: Asked) => {
        const first = Number(query.get('$page')) * 100;
        return data(groups.slice(first, first + 100));
      },
    });
    const tools = { logger: new KeptLog(), clock: new FastClock(), userAgent: 'test/1', spokenApi: SPOKEN };
    const volumes = createPrismVolumes(prism.connection, tools);
    opened.push(prism, volumes);
    const listed = await volumes.list('v-', context());
    expect(listed).toHaveLength(1_000);
    expect(listed[999]).toMatchObject({ attachments: [{ kind: 'vm', vmId: 'vm', scsiTarget: 3 }] });
    expect(listed[999]).not.toHaveProperty('disks');
    expect(prism.calls).toHaveLength(11);
  });
});
