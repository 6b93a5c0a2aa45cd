import { ApiClient, at, listOf, objectOf } from '../simulator/api-client.js';
import type { Cloud } from './cloud.js';
import { onApi, vmPath } from './spoken-api.js';

/** What a GET of a VM answers, and how a test says something else with it. */
export interface ShownVm {
  /** As the API words it; undefined = it says none. */
  withPower(power: string | undefined): unknown;
  /** The first NIC with these addresses, all learned. */
  withLearned(...addresses: readonly string[]): unknown;
  /** v3's `state` of the whole entity; v4 has none. */
  withState(state: string): unknown;
  /** Shows this body from now on. */
  show(body: unknown): void;
}

/** Reads the VM of this id. */
export async function shownVm(cloud: Cloud, id: string): Promise<ShownVm> {
  const path = onApi({ v3: `/api/nutanix/v3/vms/${id}`, v4: `/api/vmm/v4.3/ahv/config/vms/${id}` });
  const { status, headers, body } = await new ApiClient(cloud.simulator).absolute('GET', path);
  if (status !== 200) throw new Error(`GET ${path}: ${status}`);
  const vm = objectOf(body);
  const tag = headers['etag'];
  const show = (changed: unknown): void =>
    cloud.simulator.addFault({
      name: 'shown',
      match: { method: 'GET', path: vmPath(id) },
      do: { status: 200, body: changed, ...(typeof tag === 'string' ? { headers: { etag: tag } } : {}) },
    });
  return { ...onApi({ v3: inV3, v4: inV4 })(vm), show };
}

function inV3(vm: Record<string, unknown>): Omit<ShownVm, 'show'> {
  const status = objectOf(vm['status']);
  const resources = objectOf(status['resources']);
  const withResources = (changes: object): unknown => ({
    ...vm,
    status: { ...status, resources: { ...resources, ...changes } },
  });
  return {
    withPower: (power_state) => withResources({ power_state }),
    withState: (state) => ({ ...vm, status: { ...status, state } }),
    withLearned: (...addresses) => {
      const [nic] = listOf(resources['nic_list']);
      const ip_endpoint_list = addresses.map((ip) => ({ ip, type: 'LEARNED' }));
      return withResources({ nic_list: [{ ...objectOf(nic), ip_endpoint_list }] });
    },
  };
}

function inV4(vm: Record<string, unknown>): Omit<ShownVm, 'show'> {
  const entity = objectOf(vm['data']);
  const withMembers = (changes: object): unknown => ({ ...vm, data: { ...entity, ...changes } });
  return {
    withPower: (powerState) => withMembers({ powerState }),
    withState: () => vm,
    withLearned: (...addresses) => {
      const nic = objectOf(listOf(entity['nics'])[0]);
      const network = { ...objectOf(at(nic, 'nicNetworkInfo')), ipv4Config: undefined };
      const learned = addresses.map((value) => ({ value, prefixLength: 32 }));
      const nicNetworkInfo = { ...network, ipv4Info: { learnedIpAddresses: learned } };
      return withMembers({ nics: [{ ...nic, nicNetworkInfo }] });
    },
  };
}
