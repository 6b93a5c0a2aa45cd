import { PRESET } from '../../../../src/simulator/index.js';
import { at, listOf, objectOf } from '../../api-client.js';
import { started } from '../../running.js';
import { nicOn, vmBody } from '../vm/vm-bodies.js';
import { V4Client } from '../v4-client.js';

const PATH = '/api/networking/v4.4/config/subnets';
const NEW = {
  name: 'made',
  subnetType: 'VLAN',
  networkId: 42,
  clusterReference: PRESET.cluster.uuid,
  ipConfig: [
    {
      ipv4: {
        ipSubnet: { ip: { value: '127.90.0.0' }, prefixLength: 24 },
        defaultGatewayIp: { value: '127.90.0.1' },
        poolList: [{ startIp: { value: '127.90.0.10' }, endIp: { value: '127.90.0.12' } }],
      },
    },
  ],
  dhcpOptions: { domainNameServers: [{ ipv4: { value: '127.90.0.2' } }], domainName: 'example.net' },
};

async function client(): Promise<V4Client> {
  return new V4Client((await started({ pcVersion: 'pc.7.6' })).api);
}

async function names(v4: V4Client, query: string): Promise<unknown[]> {
  const data = at((await v4.get(`${PATH}?${query}`)).body, 'data');
  return (data === undefined ? [] : listOf(data)).map((subnet) => at(subnet, 'name'));
}

test.each([
  [`$filter=name eq 'vm-network'`, ['vm-network', 'vm-network']],
  [`$filter=name eq 'vm-network' and clusterReference eq '${PRESET.cluster.uuid}'`, ['vm-network']],
  [`$filter=subnetType eq Networking.Config.SubnetType'OVERLAY'`, ['vpc-overlay']],
  [`$filter=subnetType eq 'VLAN'&$orderby=name desc&$limit=1`, ['vm-network-dhcp']],
  [`$filter=vpcReference eq '${PRESET.vpc.uuid}'`, ['vpc-overlay']],
  [`$filter=isExternal eq true`, []],
  [`$filter=startswith(name,'vm') and not endswith(name,'dhcp')`, ['vm-network', 'vm-network']],
])('the list: %s', async (query, expected) => {
  const v4 = await client();
  expect(await names(v4, query.replaceAll(' ', '+'))).toEqual(expected);
});

test('a managed VLAN, one by one: addresses, pools, use', async () => {
  const v4 = await client();
  const { body, headers } = await v4.get(`${PATH}/${PRESET.managedSubnet.uuid}`);
  expect(headers['etag']).toMatch(/^[\w=+/]+:[\w=+/]+$/);
  expect(at(body, 'data')).toMatchObject({
    extId: PRESET.managedSubnet.uuid,
    subnetType: 'VLAN',
    networkId: 173,
    clusterReference: PRESET.cluster.uuid,
    clusterName: PRESET.cluster.name,
    isExternal: false,
    ipPrefix: '127.77.0.0/16',
    ipConfig: [
      {
        ipv4: {
          ipSubnet: { ip: { value: '127.77.0.0' }, prefixLength: 16 },
          defaultGatewayIp: { value: '127.77.0.1' },
          poolList: [{ startIp: { value: '127.77.0.10' }, endIp: { value: '127.77.255.253' } }],
        },
      },
    ],
    ipUsage: { numAssignedIPs: 4, numFreeIPs: 65532 },
    $objectType: 'networking.v4.config.Subnet',
  });
});

test('lists do not count addresses; what is not managed has no configuration; an overlay has no cluster', async () => {
  const v4 = await client();
  const [managed, unmanaged, , overlay] = listOf(at((await v4.get(PATH)).body, 'data')).map(objectOf);
  expect(managed).not.toHaveProperty('ipUsage');
  expect(unmanaged).not.toHaveProperty('ipConfig');
  expect(overlay).toMatchObject({ subnetType: 'OVERLAY', vpcReference: PRESET.vpc.uuid });
  expect(overlay).not.toHaveProperty('clusterReference');
});

test('one that API v3 made with options of DHCP but without addresses is not managed', async () => {
  const v4 = await client();
  const resources = {
    subnet_type: 'VLAN',
    vlan_id: 7,
    ip_config: { dhcp_options: { domain_name: 'example.net' } },
  };
  const spec = {
    name: 'named',
    resources,
    cluster_reference: { kind: 'cluster', uuid: PRESET.cluster.uuid },
  };
  await v4.older.work('POST', '/subnets', { metadata: { kind: 'subnet' }, spec });
  const [subnet] = listOf(at((await v4.get(`${PATH}?$filter=name+eq+'named'`)).body, 'data'));
  expect(subnet).toMatchObject({ networkId: 7, dhcpOptions: { domainName: 'example.net' } });
  expect(subnet).not.toHaveProperty('ipConfig');
  expect(subnet).not.toHaveProperty('ipPrefix');
});

test('one is made, changed and removed, each as a task; API v3 sees it under the same id', async () => {
  const v4 = await client();
  const task = await v4.work('POST', PATH, NEW);
  expect(task).toMatchObject({
    status: 'SUCCEEDED',
    entitiesAffected: [{ rel: 'networking:config:subnet', name: 'made' }],
  });
  const id = String(at(task, 'entitiesAffected', 0, 'extId'));
  const older = await v4.older.call('GET', `/subnets/${id}`);
  expect(at(older.body, 'spec', 'resources', 'ip_config')).toMatchObject({
    subnet_ip: '127.90.0.0',
    dhcp_options: { domain_name: 'example.net', domain_name_server_list: ['127.90.0.2'] },
  });
  const read = await v4.get(`${PATH}/${id}`);
  const whole = objectOf(at(read.body, 'data'));
  expect(whole).toMatchObject({ ...NEW, isExternal: false });
  const tag = String(read.headers['etag']);
  const changed = await v4.work('PUT', `${PATH}/${id}`, { ...whole, name: 'renamed' }, tag);
  expect(changed['status']).toBe('SUCCEEDED');
  expect((await v4.change('DELETE', `${PATH}/${id}`, undefined, { tag })).status).toBe(412);
  const after = await v4.get(`${PATH}/${id}`);
  expect(at(after.body, 'data')).toMatchObject({ ...NEW, name: 'renamed' });
  const removed = await v4.work('DELETE', `${PATH}/${id}`, undefined, String(after.headers['etag']));
  expect(removed['status']).toBe('SUCCEEDED');
  expect((await v4.get(`${PATH}/${id}`)).status).toBe(404);
});

test('one that VMs use stays, and the task says why', async () => {
  const v4 = await client();
  const id = PRESET.managedSubnet.uuid;
  await v4.made(vmBody({ nics: [nicOn(id)] }));
  const tag = String((await v4.get(`${PATH}/${id}`)).headers['etag']);
  const task = await v4.work('DELETE', `${PATH}/${id}`, undefined, tag);
  expect(task).toMatchObject({ status: 'FAILED', errorMessages: [{ errorGroup: 'SUBNET_IN_USE' }] });
  expect(at((await v4.get(`${PATH}/${id}`)).body, 'data', 'ipUsage', 'numMacs')).toBe(1);
});

test('on a cluster that is not there none is made', async () => {
  const v4 = await client();
  const task = await v4.work('POST', PATH, { ...NEW, clusterReference: PRESET.vpc.uuid });
  expect(task).toMatchObject({ status: 'FAILED', errorMessages: [{ errorGroup: 'CLUSTER_NOT_FOUND' }] });
  expect(await names(v4, `$filter=name+eq+'made'`)).toEqual([]);
});

test.each([
  ['no name', { ...NEW, name: undefined }],
  ['an unknown type', { ...NEW, subnetType: 'VXLAN' }],
  ['an address that is none', { ...NEW, dhcpOptions: { domainNameServers: [{ ipv4: { value: '1.2.3' } }] } }],
  ['an unknown member', { ...NEW, vlan: 5 }],
])('is refused at once: %s', async (_name, body) => {
  const v4 = await client();
  expect((await v4.change('POST', PATH, body)).status).toBe(400);
});
