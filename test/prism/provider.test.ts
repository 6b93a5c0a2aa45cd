import type { PlacementRequest, Provider, VmSpec } from '../../src/provider/index.js';
import { ScriptedPrism } from './scripted-prism.js';
import { accepted, context, missing, providerFor, recording, succeeded, VM, vmIs } from './fixtures.js';

let prism: ScriptedPrism;
let provider: Provider;
beforeEach(async () => {
  prism = await ScriptedPrism.start();
  provider = providerFor(prism);
});
afterEach(async () => {
  await provider.close();
  await prism.close();
});

const CLUSTER = '0005b0f1-8f43-a0f2-02b7-3cecef193712';
const SUBNET = 'c7938dc6-7659-453e-a688-e26020c68e43';
const IMAGE = '70cfd137-a8d9-4169-a5ac-cf9ad6ddb03a';

const request: PlacementRequest = {
  cluster: 'ganon',
  image: 'debian-12',
  subnets: ['sherlock_net'],
  categories: [],
  gpus: [],
  storageContainers: [],
  staticAddresses: [],
};

test('the whole life of a VM, from names to nothing', async () => {
  const subnet = recording('GetSubnet').response.body;
  const image = {
    metadata: { uuid: IMAGE },
    status: { state: 'COMPLETE', name: 'debian-12', resources: { image_type: 'DISK_IMAGE' } },
  };
  prism
    .on('POST clusters/list', { status: 200, json: recording('ListCluster').response.body })
    .together(
      ['POST subnets/list', { status: 200, json: { entities: [subnet], metadata: { total_matches: 1 } } }],
      ['POST images/list', { status: 200, json: { entities: [image], metadata: { total_matches: 1 } } }],
    );
  const placement = await provider.resolve(request, context());
  expect(placement).toMatchObject({
    cluster: { id: CLUSTER, name: 'ganon' },
    image: { id: IMAGE, name: 'debian-12' },
    subnets: [{ id: SUBNET, name: 'sherlock_net' }],
    warnings: [],
  });
  // Only a simulator says anything of its guests.
  expect(provider.runsContainers).toBeUndefined();

  prism.on('POST idempotence_identifiers', { status: 200, json: { count: 1, uuid_list: [VM] } });
  const key = await provider.issueCreationToken('web-1', context());
  expect(key).toMatch(/^v3:test-driver-web-1-[0-9a-f]{16}:11111111-2222-4333-8444-555555555555$/);

  const spec: VmSpec = {
    name: 'web-1',
    description: 'a host',
    placement,
    sockets: 2,
    coresPerSocket: 1,
    cpuPassthrough: false,
    memoryMiB: 2048,
    disks: [],
    staticAddresses: [],
    bootType: 'legacy',
    vtpm: false,
    serialPort: false,
    userData: '#cloud-config\n',
    hostname: 'web-1',
  };
  prism.on('POST vms', accepted()).on(`GET tasks/aaaaaaaa-0000-4000-8000-000000000001`, succeeded);
  expect(await provider.create(key, spec, context())).toBe(VM);

  const identity = { name: 'web-1', creationToken: key, vmId: VM };
  prism.on(`GET vms/${VM}`, vmIs('ON'));
  expect(await provider.find(identity, context())).toMatchObject({ id: VM, lifecycle: 'ready', power: 'on' });

  const [, client = ''] = key.split(':');
  prism
    .on(`DELETE idempotence_identifiers/${client}`, { status: 200, text: 'null' })
    .on(`DELETE vms/${VM}`, accepted())
    .on(`GET tasks/aaaaaaaa-0000-4000-8000-000000000001`, succeeded)
    .on(`GET vms/${VM}`, missing());
  await provider.remove(identity, context());

  prism.on(`GET vms/${VM}`, missing());
  expect(await provider.find(identity, context())).toBeUndefined();
  prism.done();
});

test('tells beforehand how long user-data may be: what fits into 128,000 characters of base64', () => {
  expect(provider.longestUserData).toBe(96_000);
});
