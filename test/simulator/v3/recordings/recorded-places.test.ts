import { PRESET } from '../../../../src/simulator/index.js';
import { at, listOf, objectOf } from '../../api-client.js';
import { differences, recording } from './contract.js';
import { inventoryOfSubnets, recordedInventory } from './recorded-inventory.js';
import { started } from '../../running.js';

/** Values that are new with every run, or of one site: only their type can be compared. */
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

describe('where VMs run, beside the answers of a real Prism Central', () => {
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
});
