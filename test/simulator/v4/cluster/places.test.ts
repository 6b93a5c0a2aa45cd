import { PRESET } from '../../../../src/simulator/index.js';
import { at, listOf } from '../../api-client.js';
import { started } from '../../running.js';
import { V4Client } from '../v4-client.js';

const CONFIG = '/api/clustermgmt/v4.3/config';

async function client(pcVersion = 'pc.7.6'): Promise<V4Client> {
  return new V4Client((await started({ pcVersion })).api);
}

async function all(v4: V4Client, path: string, ...member: string[]): Promise<unknown[]> {
  const { body, status } = await v4.get(path);
  if (status !== 200) throw new Error(`${path}: ${String(status)} ${JSON.stringify(body)}`);
  const data = at(body, 'data');
  return (data === undefined ? [] : listOf(data)).map((item) => at(item, ...member));
}

test('Prism Central lists itself, and a filter by function leaves it out', async () => {
  const v4 = await client();
  expect(await all(v4, `${CONFIG}/clusters`, 'name')).toEqual(['PC-Cluster', 'DR-Cluster', 'Unnamed']);
  const filter = "config/clusterFunction/any(t:t+eq+Clustermgmt.Config.ClusterFunctionRef'AOS')";
  expect(await all(v4, `${CONFIG}/clusters?$filter=${filter}`, 'name')).toEqual(['PC-Cluster', 'DR-Cluster']);
  expect(await all(v4, `${CONFIG}/clusters?$filter=name+eq+'Unnamed'`, 'config', 'clusterFunction')).toEqual([
    ['PRISM_CENTRAL'],
  ]);
});

test('one cluster has an ETag, and the address of its data services where it has one', async () => {
  const v4 = await client();
  const one = await v4.get(`${CONFIG}/clusters/${PRESET.cluster.uuid}`);
  expect(one.headers['etag']).toMatch(/^YXBwbGljYXRpb24vanNvbg==:[\da-f]{64}$/);
  expect(at(one.body, 'data', 'network', 'externalDataServiceIp', 'ipv4', 'value')).toBe('10.40.231.132');
  const other = await v4.get(`${CONFIG}/clusters/${PRESET.secondCluster.uuid}`);
  expect(at(other.body, 'data', 'network', 'externalDataServiceIp')).toBeUndefined();
  expect((await v4.get(`${CONFIG}/clusters/${PRESET.vpc.uuid}`)).status).toBe(404);
});

test('hosts: all, those of a cluster, one', async () => {
  const v4 = await client();
  expect(await all(v4, `${CONFIG}/hosts`, 'hostName')).toEqual(['node-1', 'node-2', 'node-3', 'node-4']);
  expect(await all(v4, `${CONFIG}/hosts?$filter=gpuList/any(g:startswith(g,'Tesla'))`, 'hostName')).toEqual([
    'node-1',
  ]);
  const hosts = `${CONFIG}/clusters/${PRESET.secondCluster.uuid}/hosts`;
  const [id] = await all(v4, hosts, 'extId');
  expect(at((await v4.get(`${hosts}/${String(id)}`)).body, 'data', 'hostName')).toBe('node-4');
});

test('storage containers have another name for their id', async () => {
  const v4 = await client();
  const filter = `$filter=name+eq+'default-container'+and+clusterExtId+eq+'${PRESET.cluster.uuid}'`;
  const path = `${CONFIG}/storage-containers?${filter}`;
  expect(await all(v4, path, 'containerExtId')).toEqual([PRESET.defaultContainer.uuid]);
  expect(await all(v4, path, 'extId')).toEqual([undefined]);
  const one = await v4.get(`${CONFIG}/storage-containers/${PRESET.defaultContainer.uuid}`);
  expect(at(one.body, 'data', 'clusterName')).toBe(PRESET.cluster.name);
});

test('GPU profiles: of a cluster with device and vendor, of all clusters by name only, from 4.3 on', async () => {
  const v4 = await client();
  const here = `${CONFIG}/clusters/${PRESET.cluster.uuid}`;
  expect(await all(v4, `${here}/physical-gpu-profiles`, 'physicalGpuConfig')).toMatchObject([
    {
      deviceName: 'Tesla_M60_compute',
      vendorName: 'kNvidia',
      type: 'PASSTHROUGH_COMPUTE',
      deviceId: 5106,
      assignable: 2,
      isInUse: false,
      mode: 'UNUSED',
    },
  ]);
  const filter = "virtualGpuConfig/deviceName+eq+'NVIDIA A16-2Q'".replace(' A', '+A');
  expect(await all(v4, `${here}/virtual-gpu-profiles?$filter=${filter}`, 'virtualGpuConfig', 'type')).toEqual(
    ['VIRTUAL'],
  );
  const there = `${CONFIG}/clusters/${PRESET.secondCluster.uuid}/physical-gpu-profiles`;
  expect(await all(v4, there)).toEqual([]);
  const [everywhere] = await all(v4, '/api/clustermgmt/v4.3/ahv/config/physical-gpu-profiles');
  expect(everywhere).toMatchObject({
    configuration: { name: 'Tesla_M60_compute' },
    clusterExtIds: [PRESET.cluster.uuid],
  });
  const older = await v4.get('/api/clustermgmt/v4.2/ahv/config/physical-gpu-profiles');
  expect([older.status, at(older.body, 'data')]).toEqual([404, undefined]);
});

test('the domain manager tells the version of the product', async () => {
  const v4 = await client();
  const path = '/api/prism/v4.4/config/domain-managers';
  expect(await all(v4, path, 'config', 'buildInfo', 'version')).toEqual(['pc.7.6']);
  expect(await all(v4, `${path}?$select=extId`, 'config')).toEqual([undefined]);
  const [id] = await all(v4, path, 'extId');
  expect((await v4.get(`${path}/${String(id)}`)).status).toBe(200);
});

test('how much of a storage container is free: what volume groups have taken is not', async () => {
  const v4 = await client();
  const path = `/api/clustermgmt/v4.3/stats/storage-containers/${PRESET.defaultContainer.uuid}`;
  const free = async (): Promise<number> => {
    const { body } = await v4.get(`${path}?$startTime=2026-01-01T00:00:00Z&$endTime=2026-01-01T00:10:00Z`);
    const [sample] = listOf(at(body, 'data', 'storageFreeBytes'));
    return Number(at(sample, 'value'));
  };
  const before = await free();
  expect(before).toBeGreaterThan(0);
  expect((await v4.get(path.replace(/.{12}$/, '000000000000'))).status).toBe(404);
});
