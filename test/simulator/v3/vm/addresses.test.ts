import { PRESET } from '../../../../src/simulator/index.js';
import { at, type ApiClient } from '../../api-client.js';
import { started } from '../../running.js';
import { failedCreate, getVm, madeVm, nicOn, vmBody } from '../../vm-bodies.js';

describe('addresses', () => {
  const endpoints = async (api: ApiClient, uuid: string, block: string): Promise<unknown> =>
    at(await getVm(api, uuid), block, 'resources', 'nic_list', 0, 'ip_endpoint_list');

  test('a managed subnet reserves one even while the VM is off', async () => {
    const { api, simulator } = await started();
    const uuid = await madeVm(api);
    expect(await endpoints(api, uuid, 'status')).toEqual([{ type: 'ASSIGNED', ip: '127.77.0.10' }]);
    await api.work('DELETE', `/vms/${uuid}`);
    expect(simulator.snapshot().addresses.flatMap(({ reserved }) => reserved)).toEqual([]);
    expect(await endpoints(api, await madeVm(api), 'spec')).toEqual([
      { type: 'ASSIGNED', ip: '127.77.0.11' },
    ]);
  });

  test('a wanted address is given, and refused when it is taken, outside, or cannot be given', async () => {
    const { api } = await started();
    const wanting = (ip: string, subnet: string = PRESET.managedSubnet.uuid): unknown =>
      vmBody({ nic_list: [nicOn(subnet, { ip_endpoint_list: [{ ip, type: 'ASSIGNED' }] })] });
    await madeVm(api, wanting('127.77.3.3'));
    expect(await failedCreate(api, wanting('127.77.3.3'))).toMatchObject({
      status: 'FAILED',
      error_detail: 'IP address 127.77.3.3 is already assigned',
      get: 404,
    });
    expect(await failedCreate(api, wanting('10.0.0.1'))).toMatchObject({ status: 'FAILED' });
    expect(await failedCreate(api, wanting('10.0.0.1', PRESET.unmanagedSubnet.uuid))).toMatchObject({
      status: 'FAILED',
      error_detail: '(15, Cannot assign IP address on an unmanaged network)',
    });
  });

  test('an overlay fits every cluster, a VLAN only its own', async () => {
    const { api } = await started();
    const on = (subnet: string): unknown => vmBody({ nic_list: [nicOn(subnet)] });
    await madeVm(api, on(PRESET.overlaySubnet.uuid));
    expect(await failedCreate(api, on(PRESET.secondManagedSubnet.uuid))).toMatchObject({ status: 'FAILED' });
  });

  test('a full pool fails the create and gives everything back', async () => {
    const { presetInventory } = await import('../../../../src/simulator/index.js');
    const { api, simulator } = await started({ inventory: presetInventory('127.80.0.0/29') });
    const two = { nic_list: [nicOn(PRESET.managedSubnet.uuid), nicOn(PRESET.managedSubnet.uuid)] };
    await madeVm(api, vmBody(two));
    await madeVm(api, vmBody(two));
    expect(await failedCreate(api, vmBody(two))).toMatchObject({
      status: 'FAILED',
      error_detail: 'No free IP address left in subnet vm-network',
    });
    expect(simulator.snapshot().addresses[0]?.reserved).toHaveLength(4);
  });
});
