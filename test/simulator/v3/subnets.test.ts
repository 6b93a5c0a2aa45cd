import { PRESET } from '../../../src/simulator/index.js';
import type { ApiClient } from '../api-client.js';
import { at } from '../api-client.js';
import { started } from '../running.js';
import { getVm, madeVm, nicOn, vmBody } from '../vm-bodies.js';

const cluster = { kind: 'cluster', uuid: PRESET.cluster.uuid };
const vpc = { kind: 'vpc', uuid: PRESET.vpc.uuid };
const virtualNetwork = { kind: 'virtual_network', uuid: PRESET.vpc.uuid };
const network = { subnet_ip: '10.5.0.0', prefix_length: 24, default_gateway_ip: '10.5.0.1' };
const switched = { virtual_switch_uuid: '5dc597bd-e86f-4440-af9f-65d158ae0588' };

/** `spec.resources` and `status.resources` of the subnet that is made of a wish. */
async function madeOf(
  api: ApiClient,
  resources: object,
): Promise<{ uuid: string; spec: unknown; status: unknown }> {
  const isOverlay = 'subnet_type' in resources && resources.subnet_type === 'OVERLAY';
  const spec = { name: 'made', ...(isOverlay ? {} : { cluster_reference: cluster }), resources };
  const answer = await api.call('POST', '/subnets', { metadata: { kind: 'subnet' }, spec });
  const task = await api.task(String(at(answer.body, 'status', 'execution_context', 'task_uuid')));
  expect(task).toMatchObject({ status: 'SUCCEEDED' });
  const uuid = String(at(answer.body, 'metadata', 'uuid'));
  const { body } = await api.call('GET', `/subnets/${uuid}`);
  return { uuid, spec: at(body, 'spec', 'resources'), status: at(body, 'status', 'resources') };
}

describe('what the server adds to a subnet', () => {
  test.each([
    [
      'an unmanaged VLAN: the virtual switch',
      { subnet_type: 'VLAN', vlan_id: 7 },
      { subnet_type: 'VLAN', vlan_id: 7, vswitch_name: 'br0', ...switched },
    ],
    [
      'a VLAN on a bridge that was chosen keeps it',
      { subnet_type: 'VLAN', vlan_id: 7, vswitch_name: 'br1' },
      { subnet_type: 'VLAN', vlan_id: 7, vswitch_name: 'br1', ...switched },
    ],
    [
      'a managed VLAN: the DHCP server at the last address',
      { subnet_type: 'VLAN', vlan_id: 7, ip_config: network },
      {
        subnet_type: 'VLAN',
        vlan_id: 7,
        vswitch_name: 'br0',
        ...switched,
        ip_config: { ...network, dhcp_server_address: { ip: '10.5.0.254' } },
      },
    ],
    [
      'a managed VLAN with a DHCP server that was chosen keeps it',
      { subnet_type: 'VLAN', vlan_id: 7, ip_config: { ...network, dhcp_server_address: { ip: '10.5.0.2' } } },
      {
        subnet_type: 'VLAN',
        vlan_id: 7,
        vswitch_name: 'br0',
        ...switched,
        ip_config: { ...network, dhcp_server_address: { ip: '10.5.0.2' } },
      },
    ],
    [
      'an external VLAN: NAT, no bridge, no DHCP server',
      { subnet_type: 'VLAN', vlan_id: 7, is_external: true, ip_config: network },
      {
        subnet_type: 'VLAN',
        vlan_id: 7,
        is_external: true,
        enable_nat: true,
        advanced_networking: true,
        external_connectivity_state: 'DISABLED',
        ...switched,
        ip_config: network,
      },
    ],
    ...[{ vpc_reference: vpc }, { virtual_network_reference: virtualNetwork }].map(
      (reference): [string, object, object] => [
        `an overlay by ${Object.keys(reference).join()}: both names of its VPC, no DHCP server`,
        { subnet_type: 'OVERLAY', ...reference, ip_config: network },
        {
          subnet_type: 'OVERLAY',
          vpc_reference: vpc,
          virtual_network_reference: virtualNetwork,
          advanced_networking: true,
          external_connectivity_state: 'ENABLED',
          ip_config: network,
        },
      ],
    ),
  ])('%s', async (_, wish, expected) => {
    const { api } = await started();
    const { spec, status } = await madeOf(api, wish);
    expect(spec).toEqual(expected);
    expect(status).toMatchObject(expected);
  });
});

describe('addresses that no NIC gets', () => {
  test('gateway and DHCP server are left out of a pool that has them', async () => {
    const { api } = await started();
    const pool = { pool_list: [{ range: '10.6.0.1 10.6.0.6' }] };
    const ip = { subnet_ip: '10.6.0.0', prefix_length: 29, default_gateway_ip: '10.6.0.1', ...pool };
    const { uuid } = await madeOf(api, { subnet_type: 'VLAN', vlan_id: 8, ip_config: ip });
    const vm = await madeVm(api, vmBody({ nic_list: [1, 2, 3, 4].map(() => nicOn(uuid)) }));
    const nics = at(await getVm(api, vm), 'spec', 'resources', 'nic_list');
    const given = [0, 1, 2, 3].map((index) => at(nics, index, 'ip_endpoint_list', 0, 'ip'));
    expect(given).toEqual(['10.6.0.2', '10.6.0.3', '10.6.0.4', '10.6.0.5']);
    const { body } = await api.call('GET', `/subnets/${uuid}`);
    expect(at(body, 'status', 'resources', 'ip_usage_stats')).toEqual({
      num_free_ips: 0,
      num_macs: 4,
      num_assigned_ips: 8,
      ip_pools_stats: [{ range: '10.6.0.1 10.6.0.6', num_total_ips: 6, num_free_ips: 0 }],
    });
  });

  test.each(['10.6.0.1', '10.6.0.6', '10.6.0.0', '10.6.0.7'])(
    '%s is refused when chosen',
    async (address) => {
      const { api } = await started();
      const ip = { subnet_ip: '10.6.0.0', prefix_length: 29, default_gateway_ip: '10.6.0.1' };
      const { uuid } = await madeOf(api, { subnet_type: 'VLAN', vlan_id: 8, ip_config: ip });
      const nic = nicOn(uuid, { ip_endpoint_list: [{ ip: address }] });
      const task = await api.work('POST', '/vms', vmBody({ nic_list: [nic] }));
      expect(task).toMatchObject({ status: 'FAILED' });
      expect(task['error_detail']).toContain(`IP address ${address} is already assigned`);
    },
  );
});

test('subnets of the inventory name the task that made them, as the recorded ones do', async () => {
  const { api } = await started();
  const { body } = await api.call('GET', `/subnets/${PRESET.managedSubnet.uuid}`);
  expect(at(body, 'status', 'execution_context')).toEqual({ task_uuid: [expect.any(String)] });
  expect(at(body, 'status', 'resources', 'ip_config', 'dhcp_server_address')).toEqual({
    ip: '127.77.255.254',
  });
});
