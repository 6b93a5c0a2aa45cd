import { PRESET, presetInventory, type Inventory } from '../../src/simulator/index.js';
import { latencyProfile } from '../../src/simulator/latency.js';
import { at, listOf, objectOf } from './api-client.js';
import { differences, recording } from './contract.js';
import { started } from './running.js';
import { madeVm } from './vm-bodies.js';

/** The recorded world: its names, UUIDs and addresses. */
function recordedInventory(): Inventory {
  const preset = presetInventory();
  return {
    ...preset,
    clusters: [
      {
        ...PRESET.cluster,
        name: 'ncn-dev-sandbox',
        service: 'AOS',
        version: '6.10',
        externalAddress: '10.0.0.1',
      },
      {
        ...PRESET.secondCluster,
        name: 'ganon',
        service: 'AOS',
        version: '6.5.4.5',
        externalAddress: '10.40.231.131',
        dataServicesAddress: '10.40.231.132',
      },
      {
        uuid: '710e3779-0030-4d55-9827-be11e7fd2d0e',
        name: 'ncn-dev-pc',
        service: 'PRISM_CENTRAL',
        version: '2024.1',
        externalAddress: '10.40.142.17',
      },
    ],
    hosts: ['129', '141', '135', '147'].map((last, index) => ({
      uuid: `b1a6c5d4-0000-4000-8000-0000000000${last.slice(1)}`,
      name: `ganon-${String(index)}`,
      clusterUuid: PRESET.secondCluster.uuid,
      address: `10.40.231.${last}`,
      sockets: 2,
      cores: 48,
      memoryMiB: 400_000,
      gpus: [],
    })),
    subnets: [
      {
        ...PRESET.managedSubnet,
        name: 'vlan173',
        type: 'VLAN',
        clusterUuid: PRESET.cluster.uuid,
        vlanId: 173,
        managed: {
          network: '10.23.129.0',
          prefixLength: 24,
          gateway: '10.23.129.1',
          pools: [['10.23.129.96', '10.23.129.200']],
        },
      },
      {
        ...PRESET.secondManagedSubnet,
        name: 'sherlock_net',
        type: 'VLAN',
        clusterUuid: PRESET.secondCluster.uuid,
        vlanId: 508,
        managed: {
          network: '10.40.142.0',
          prefixLength: 24,
          gateway: '10.40.142.1',
          dhcpServer: '10.40.142.254',
          nameServers: ['10.40.64.15'],
          pools: [['10.40.142.50', '10.40.142.250']],
        },
      },
    ],
  };
}

/** The three subnets that were recorded in one list. */
function inventoryOfSubnets(): Inventory {
  const inventory = recordedInventory();
  const bowser = { uuid: '0005a220-027e-400b-7131-ac1f6bcd1533', name: 'bowser', version: '6.5.4.5' };
  const network = { prefixLength: 24 };
  return {
    ...inventory,
    clusters: [...inventory.clusters, { ...bowser, service: 'AOS', externalAddress: '10.45.24.5' }],
    subnets: [
      ...inventory.subnets.slice(1),
      {
        uuid: '9f4312c0-705f-40ea-928b-75c9bfdb3ef5',
        name: 'vpc_ext_net',
        type: 'VLAN',
        clusterUuid: bowser.uuid,
        vlanId: 1409,
        external: { nat: true },
        managed: {
          ...network,
          network: '10.45.24.0',
          gateway: '10.45.24.1',
          pools: [['10.45.24.70', '10.45.24.170']],
        },
      },
      {
        uuid: '0ccc7c20-4028-4665-81ea-6021ca45c462',
        name: 'airgap',
        type: 'OVERLAY',
        vpcUuid: '78de692d-750b-4206-8c08-ba26f39edc3d',
        managed: {
          ...network,
          network: '192.168.0.0',
          gateway: '192.168.0.1',
          pools: [['192.168.0.2', '192.168.0.254']],
        },
      },
    ],
  };
}

/** Values that are new with every run: only their type can be compared. */
const VM_VOLATILE = [
  /^metadata\.(uuid|creation_time|last_update_time|owner_reference\.(name|uuid))$/,
  /\.(generation_uuid|bios_uuid|mac_address)$/,
  /\.(disk_list|nic_list)\[\]\.uuid$/,
  /task_uuid(\[\])?$/,
];
const CLUSTER_VOLATILE = [
  /^metadata\.(creation_time|last_update_time|spec_version)$/,
  /ssl_key\.expire_datetime$/,
  /ntp_server_ip_list\[\]$/,
  /name_server_ip_list\[\]$/,
  /fully_qualified_domain_name$/,
  /external_subnet$|internal_subnet$/,
  /config\.timezone$/,
  /software_map\.NCC\.version$/,
  /build\.(full_version|commit_id|short_commit_id|commit_date)$/,
];

const SUBNET_VOLATILE = [
  /^(\[\]\.)?metadata\.(creation_time|last_update_time|spec_version)$/,
  /_ips$|num_macs$/,
  /task_uuid\[\]$/,
  // There is one virtual switch here.
  /virtual_switch_uuid$/,
];

/** Of a registered cluster, which has so many keys in its status. No real keys are made up. */
const clusterDifferences = (keys: number): string[] => [
  'spec.resources.config.authorized_public_key_list: 1 entries there, 0 here',
  'spec.resources.network.ntp_server_ip_list: 4 entries there, 2 here',
  `status.resources.config.authorized_public_key_list: ${String(keys)} entries there, 0 here`,
  'status.resources.network.ntp_server_ip_list: 4 entries there, 2 here',
];

describe('answers beside those of a real Prism Central', () => {
  async function recordedVm() {
    const { simulator, api } = await started({ inventory: recordedInventory() });
    const { request } = recording('CreateVM');
    return { simulator, api, uuid: await madeVm(api, request.body) };
  }

  test('POST vms: the answer to the recorded request, field by field', async () => {
    const { api } = await started({ inventory: recordedInventory() });
    const { request, response } = recording('CreateVM');
    const answer = await api.call('POST', '/vms', request.body);
    expect(answer.status).toBe(response.status);
    expect(differences(response.body, answer.body, VM_VOLATILE)).toEqual([]);
  });

  test('GET vms/{uuid}: the same VM, field by field', async () => {
    const { api, uuid } = await recordedVm();
    const answer = await api.call('GET', `/vms/${uuid}`);
    const { response } = recording('GetVM');
    expect(answer.status).toBe(response.status);
    expect(differences(response.body, answer.body, VM_VOLATILE)).toEqual([]);
    expect(at(answer.body, 'status', 'resources', 'bios_uuid')).toBe(uuid);
  });

  test('POST vms/list: the same VM as the list shows it', async () => {
    const { api } = await recordedVm();
    const { request, response } = recording('ListVM');
    const answer = await api.call('POST', '/vms/list', request.body);
    expect(answer.status).toBe(200);
    expect(at(answer.body, 'metadata')).toEqual(at(response.body, 'metadata'));
    const [ours] = listOf(at(answer.body, 'entities'));
    const [real] = listOf(at(response.body, 'entities'));
    expect(differences(real, ours, VM_VOLATILE)).toEqual([]);
  });

  test('PUT vms/{uuid}: the answer to the recorded request, whose spec_version is not the present one', async () => {
    const { api, uuid } = await recordedVm();
    const before = objectOf((await api.call('GET', `/vms/${uuid}`)).body);
    const { request, response } = recording('UpdateVM');
    // The recorded client sends back what it has read; here the VM, its disk and its NIC have other identities.
    const real = recording('GetVM').response.body;
    const identities = [
      ['metadata', 'uuid'],
      ['spec', 'resources', 'disk_list', 0, 'uuid'],
      ['spec', 'resources', 'nic_list', 0, 'uuid'],
      ['spec', 'resources', 'nic_list', 0, 'mac_address'],
    ].map((path) => [String(at(real, ...path)), String(at(before, ...path))] as const);
    const ours = (value: unknown): unknown =>
      JSON.parse(identities.reduce((text, [old, own]) => text.replaceAll(old, own), JSON.stringify(value)));
    expect(at(request.body, 'metadata')).toEqual({ kind: 'vm', spec_version: 1 });
    expect(at(before, 'metadata', 'spec_version')).toBe(0);

    const answer = await api.call('PUT', `/vms/${uuid}`, ours(request.body));
    expect(answer.status).toBe(response.status);
    expect(differences(ours(response.body), answer.body, VM_VOLATILE)).toEqual([]);

    const task = await api.task(String(at(answer.body, 'status', 'execution_context', 'task_uuid')));
    expect(task).toMatchObject({ status: 'SUCCEEDED', operation_type: 'update_vm_intentful' });
    const after = (await api.call('GET', `/vms/${uuid}`)).body;
    expect(at(after, 'status', 'description')).toBe('updated-test-vm-description');
    expect(at(after, 'metadata', 'entity_version')).toBe('2');
    const nic = (vm: unknown): unknown => at(vm, 'status', 'resources', 'nic_list', 0);
    const kept = (vm: unknown): unknown[] =>
      ['uuid', 'mac_address', 'ip_endpoint_list'].map((key) => at(nic(vm), key));
    expect(kept(after)).toEqual(kept(before));
  });

  test('GET clusters/{uuid}', async () => {
    const { api } = await started({ inventory: recordedInventory() });
    const answer = await api.call('GET', `/clusters/${PRESET.secondCluster.uuid}`);
    const { response } = recording('GetCluster');
    expect(answer.status).toBe(200);
    expect(differences(response.body, answer.body, CLUSTER_VOLATILE)).toEqual(clusterDifferences(2));
  });

  test('POST clusters/list: all at once, Prism Central itself among them', async () => {
    const { api } = await started({ inventory: recordedInventory() });
    const answer = await api.call('POST', '/clusters/list', recording('ListCluster').request.body);
    const { response } = recording('ListCluster');
    expect(at(answer.body, 'metadata')).toEqual({ kind: 'cluster', total_matches: 3 });
    expect(Object.keys(answer.body as object).sort()).toEqual(Object.keys(response.body as object).sort());
    const recorded = listOf(at(response.body, 'entities'));
    const ours = (uuid: unknown): unknown =>
      listOf(at(answer.body, 'entities')).find((entity) => at(entity, 'metadata', 'uuid') === uuid);
    const found = recorded.map((real) => {
      const own = ours(at(real, 'metadata', 'uuid'));
      return [at(real, 'status', 'name'), differences(real, own, CLUSTER_VOLATILE)];
    });
    expect(found).toEqual([
      ['ganon', clusterDifferences(1)],
      ['ncn-dev-pc', []],
    ]);
  });

  test('GET subnets/{uuid}', async () => {
    const { api } = await started({ inventory: recordedInventory() });
    const answer = await api.call('GET', `/subnets/${PRESET.secondManagedSubnet.uuid}`);
    const { response } = recording('GetSubnet');
    expect(differences(response.body, answer.body, SUBNET_VOLATILE)).toEqual([]);
  });

  test('POST subnets/list: a VLAN, one that leads out of VPCs, and an overlay', async () => {
    const { api } = await started({ inventory: inventoryOfSubnets() });
    const { request, response } = recording('ListSubnet');
    const answer = await api.call('POST', '/subnets/list', request.body);
    expect(answer.status).toBe(response.status);
    expect(at(answer.body, 'metadata')).toEqual({ kind: 'subnet', offset: 0, length: 3, total_matches: 3 });
    const real = listOf(at(response.body, 'entities'));
    const ours = listOf(at(answer.body, 'entities'));
    expect(real).toHaveLength(3);
    expect(differences(real, ours, SUBNET_VOLATILE)).toEqual([]);
  });

  test('the counts of a subnet add up as the recorded ones do', async () => {
    const { api } = await started({ inventory: inventoryOfSubnets() });
    const { body } = await api.call('POST', '/subnets/list', {});
    const counts = (entities: unknown): unknown[] =>
      listOf(entities).map((entity) => {
        const usage = objectOf(at(entity, 'status', 'resources', 'ip_usage_stats'));
        const [free, assigned, nics] = ['num_free_ips', 'num_assigned_ips', 'num_macs'].map(
          (key) => usage[key],
        );
        return [Number(free) + Number(assigned), Number(assigned) - Number(nics)];
      });
    const real = counts(at(recording('ListSubnet').response.body, 'entities'));
    // Of a /24: all 256, of which network, broadcast, gateway and DHCP server are no NIC's. The external one has
    // seven routers and floating addresses of VPCs on top, which are not modelled.
    expect(real).toEqual([
      [256, 4],
      [256, 9],
      [256, 3],
    ]);
    expect(counts(at(body, 'entities'))).toEqual([
      [256, 4],
      [256, 2],
      [256, 3],
    ]);
  });

  test('GET prism_central, asked with a body as the Go client asks', async () => {
    const { api } = await started({ inventory: recordedInventory(), pcVersion: 'pc.2024.1.0.1' });
    const { request, response } = recording('GetPrismCentral');
    const length = String(JSON.stringify(request.body).length);
    const answer = await api.call('GET', '/prism_central', request.body, {
      headers: { 'content-length': length },
    });
    expect(answer.status).toBe(response.status);
    const real = objectOf(at(response.body, 'resources'));
    // Three VMs there; of them only the first has a counterpart.
    const one = { resources: { ...real, pc_vm_list: listOf(real['pc_vm_list']).slice(0, 1) } };
    const free = [
      /(vm_name|container_uuid|network_uuid|vm_uuid|default_gateway)$/,
      /(ip_list|ntp_server_list)\[\]$/,
      /cluster_reference\.uuid$/,
      // MiB of odd sizes there.
      /pc_vm_list\[\]\.memory_size_bytes$/,
    ];
    expect(differences(one, answer.body, free)).toEqual([]);
  });

  test.each([
    ['CreateVM', 'POST /vms'],
    ['GetVM', 'GET /vms/:uuid'],
    ['ListVM', 'POST /vms/list'],
    ['UpdateVM', 'PUT /vms/:uuid'],
    ['GetCluster', 'GET /clusters/:uuid'],
    ['ListCluster', 'POST /clusters/list'],
    ['GetSubnet', 'GET /subnets/:uuid'],
    ['ListSubnet', 'POST /subnets/list'],
    ['GetPrismCentral', 'GET /prism_central'],
  ])('%s: profile real takes as long as the real one said, slow four times that', (name, route) => {
    const { request, response } = recording(name);
    const [method = '', pattern = ''] = route.split(' ');
    expect(request.method).toBe(method);
    const took = Number(response.headers['X-Envoy-Upstream-Service-Time']);
    expect(latencyProfile('real').call(method, pattern)).toBe(took);
    expect(latencyProfile('slow').call(method, pattern)).toBe(4 * took);
  });

  test('headers', async () => {
    const { api } = await started({ pcVersion: 'pc.2024.3.0.1' });
    const { headers } = await api.call('GET', '/users/me');
    const real = recording('GetVM').response.headers;
    // Of their own with every answer, and the console's policy.
    const free = ['Date', 'Set-Cookie', 'X-Envoy-Upstream-Service-Time', 'Content-Security-Policy'];
    for (const [name, value] of Object.entries(real)) {
      const ours = headers[name.toLowerCase()];
      expect([name, free.includes(name) ? typeof ours : ours]).toEqual([
        name,
        name === 'Set-Cookie' ? 'object' : free.includes(name) ? 'string' : value,
      ]);
    }
    const cookie = String(headers['set-cookie']);
    expect(cookie).toMatch(
      /^NTNX_IAM_SESSION=[\w.-]+;Expires=\w{3}, \d\d-\w{3}-\d{4} \d\d:\d\d:00 GMT;Path=\/;Secure;HttpOnly;SameSite=Lax$/,
    );
  });
});
