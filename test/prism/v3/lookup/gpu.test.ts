import { findGpus } from '../../../../src/prism/v3/lookup/gpu.js';
import { context } from '../../fixtures.js';
import { CLUSTER, list, OTHER_CLUSTER } from '../../placement.js';
import { scriptedBackend } from '../backend.js';

const { start, stop } = scriptedBackend();
afterEach(stop);
const home = { id: CLUSTER, name: 'ganon' };

function gpu(name: string, status = 'UNUSED', more: object = {}): object {
  return { name, vendor: 'NVIDIA', mode: 'PASSTHROUGH_COMPUTE', device_id: 5106, status, ...more };
}

function host(cluster: string | undefined, ...gpus: object[]): object {
  const reference = cluster === undefined ? {} : { cluster_reference: { uuid: cluster } };
  return { metadata: { uuid: `h${Math.random()}` }, status: { ...reference, resources: { gpu_list: gpus } } };
}

async function find(names: string[], ...hosts: object[]): Promise<unknown> {
  const { prism, backend } = await start();
  prism.on('POST hosts/list', list(...hosts));
  return await findGpus(backend, names, home, context()).catch((error: unknown) => error);
}

const M60 = { name: 'M60', vendor: 'NVIDIA', mode: 'PASSTHROUGH_COMPUTE', deviceId: 5106 };

test('nothing wanted, nothing asked', async () => {
  const { backend, prism } = await start();
  expect(await findGpus(backend, [], home, context())).toEqual([]);
  prism.done();
});

test('each one wanted takes a device of its own', async () => {
  expect(await find(['M60', 'M60'], host(CLUSTER, gpu('M60'), gpu('M60')))).toEqual([M60, M60]);
});

test('all on one host', async () => {
  const hosts = [host(CLUSTER, gpu('M60')), host(CLUSTER, gpu('T4'), gpu('M60'))];
  expect(await find(['M60', 'T4'], ...hosts)).toEqual([M60, { ...M60, name: 'T4' }]);
});

test.each([
  ['in use', host(CLUSTER, gpu('M60', 'USED_FOR_PASSTHROUGH'))],
  ['not assignable', host(CLUSTER, gpu('M60', 'UNUSED', { assignable: false }))],
])('%s: says how many are free', async (_name, only) => {
  const error = await find(['M60'], only);
  expect(error).toMatchObject({ code: 'invalid-input' });
  expect(String(error)).toContain('"M60": 1 wanted, 0 unused');
});

test('spread over hosts is not enough', async () => {
  const error = await find(['M60', 'M60'], host(CLUSTER, gpu('M60')), host(CLUSTER, gpu('M60')));
  expect(String(error)).toContain(
    'no single host of cluster "ganon" has all of them unused ("M60": 2 wanted, 2 unused)',
  );
});

test.each([
  ['on another cluster', host(OTHER_CLUSTER, gpu('M60'))],
  ['on a host of no cluster', host(undefined, gpu('M60'))],
  ['incomplete', host(CLUSTER, { name: 'M60', status: 'UNUSED' })],
  ['hosts without resources', { metadata: { uuid: 'h' }, status: { cluster_reference: { uuid: CLUSTER } } }],
  ['hosts without status', { metadata: { uuid: 'h' } }],
])('%s: not found', async (_name, only) => {
  expect(await find(['M60'], only)).toMatchObject({ code: 'not-found', attempted: 'look up GPU "M60"' });
});

test('a name that is unknown: those there are', async () => {
  expect(await find(['M6O'], host(CLUSTER, gpu('M60'), gpu('T4')))).toMatchObject({
    code: 'not-found',
    advice: 'This account sees "M60", "T4".',
  });
});
