import { Rig, SPEC, UNMANAGED } from './rig.js';

describe('network cards of container guests', () => {
  let rig: Rig;

  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(async () => await rig.stop());

  test('the address of a card without one is told at each boot', async () => {
    const guest = await rig.backend.powerOn({ ...SPEC, nics: [UNMANAGED] }, rig.events);
    expect(rig.heard).toEqual(['n2 has 10.9.0.7']);
    await guest.reset();
    expect(rig.heard).toHaveLength(2);
  });

  test('a subnet without addresses gets some that nobody has', async () => {
    let taken = 3;
    rig.engine.fault = (request) =>
      request.endsWith('/networks/create') && taken-- > 0
        ? { status: 403, message: 'Pool overlaps with other one on this address space' }
        : undefined;
    await rig.backend.powerOn({ ...SPEC, nics: [UNMANAGED] }, rig.events);
    expect(rig.count('/networks/create')).toBe(4);
    expect(rig.running).toBe(true);
  });

  test('no other subnet is tried when the trouble is another', async () => {
    rig.engine.fault = (request) =>
      request.endsWith('/networks/create') ? { status: 500, message: 'no bridges here' } : undefined;
    await expect(rig.backend.powerOn({ ...SPEC, nics: [UNMANAGED] }, rig.events)).rejects.toThrow(
      'no bridges here',
    );
    expect(rig.count('/networks/create')).toBe(1);
  });

  test('a card that is gone at the next power-on takes its network along', async () => {
    await (await rig.backend.powerOn({ ...SPEC, nics: [...SPEC.nics, UNMANAGED] }, rig.events)).powerOff();
    expect(rig.engine.networks.size).toBe(2);
    await rig.backend.powerOn(SPEC, rig.events);
    expect(rig.engine.networks.size).toBe(1);
  });

  test('VMs of one subnet share its network, and the last one takes it along', async () => {
    const other = { ...SPEC, vmUuid: '0f3c5a1e-1111-4222-8333-444455556667' };
    await Promise.all([rig.backend.powerOn(SPEC, rig.events), rig.backend.powerOn(other, rig.events)]);
    expect(rig.engine.networks.size).toBe(1);
    await rig.backend.remove(SPEC.vmUuid);
    expect(rig.engine.networks.size).toBe(1);
    await rig.backend.remove(other.vmUuid);
    expect(rig.engine.left()).toEqual([]);
  });

  test('two cards on one subnet are refused', async () => {
    const [nic] = SPEC.nics;
    if (nic === undefined) throw new Error('no card');
    const twice = { ...SPEC, nics: [nic, { ...nic, uuid: 'n3', address: '10.9.0.11' }] };
    await expect(rig.backend.powerOn(twice, rig.events)).rejects.toMatchObject({ code: 'unsupported' });
    await rig.backend.remove(SPEC.vmUuid);
    expect(rig.engine.left()).toEqual([]);
  });
});
