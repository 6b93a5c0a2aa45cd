import type { Nic } from '../../src/provider/index.js';
import { OperationError } from '../../src/support/index.js';
import { LocationSetup, missing, nic, type Port } from './location-setup.js';

let setup: LocationSetup;
beforeEach(() => (setup = new LocationSetup()));
afterEach(async () => await setup.dispose());

describe('the address of a guest', () => {
  it.each<[string, Record<string, Port>, Nic[], object, string, number]>([
    [
      'the first NIC’s when both answer',
      { '10.0.0.5': 'connected', '10.1.0.5': 'connected' },
      [nic('10.0.0.5'), nic('10.1.0.5')],
      {},
      '10.0.0.5',
      0,
    ],
    ['a learned one, even when nobody answers', {}, [nic('10.0.0.5', 'learned')], {}, '10.0.0.5', 0],
    [
      'an assigned one that refuses: somebody is there',
      { '10.0.0.5': 'refused' },
      [nic('10.0.0.5')],
      {},
      '10.0.0.5',
      0,
    ],
    ['an assigned one at which nobody answers, late', {}, [nic('10.0.0.5')], {}, '10.0.0.5', 60],
    [
      'the second NIC’s, when the first had its time',
      { '10.1.0.5': 'connected' },
      [nic('10.0.0.5'), nic('10.1.0.5')],
      {},
      '10.1.0.5',
      10,
    ],
    [
      'one that answers rather than a learned one',
      { '10.1.0.5': 'connected' },
      [nic('10.0.0.5', 'learned'), nic('10.1.0.5')],
      {},
      '10.1.0.5',
      10,
    ],
    [
      'one with SSH rather than one that refuses',
      { '10.0.0.5': 'refused', '10.1.0.5': 'connected' },
      [nic('10.0.0.5'), nic('10.1.0.5')],
      {},
      '10.1.0.5',
      10,
    ],
    [
      'the only NIC’s in the network that was setup.asked for',
      { '10.1.0.5': 'connected' },
      [nic('10.0.0.5'), nic('10.1.0.5')],
      { addressNetwork: '10.1.0.0/16' },
      '10.1.0.5',
      0,
    ],
  ])('is %s', async (_case, states, nics, options, expected, seconds) => {
    setup.ports = states;
    const { find } = await setup.locationOf(nics, options);
    expect(await find()).toBe(expected);
    expect(setup.warnings).toHaveLength(seconds === 60 ? 1 : 0);
    expect(setup.clock.slept).toBeGreaterThanOrEqual(seconds * 1_000);
    // The longest pause between two looks is 4 s.
    expect(setup.clock.slept).toBeLessThanOrEqual(seconds === 0 ? 0 : (seconds + 4) * 1_000);
  });

  it('is only one that answers, where that is a must', async () => {
    const { find } = await setup.locationOf([nic('10.0.0.5', 'learned')], { mustAnswer: true });
    setup.clock.onSleep((now) => {
      if (now > 200_000) setup.ports = { '10.0.0.5': 'refused' };
    });
    expect(await find()).toBe('10.0.0.5');
    expect(setup.clock.slept).toBeGreaterThan(200_000);
    expect(setup.progress[0]).toBe('waiting for an address of VM "web-1": 10.0.0.5 does not answer yet');
  });

  it('is none of those that cannot be used; they are named', async () => {
    const { find } = await setup.locationOf([nic('169.254.7.7', 'learned'), nic('172.17.0.1', 'learned')]);
    setup.clock.onSleep((now) => {
      if (now > 1_000) setup.cloud.nics = [nic('10.0.0.5', 'learned')];
    });
    expect(await find()).toBe('10.0.0.5');
    expect(setup.progress).toEqual([
      'waiting for an address of VM "web-1": no usable address yet (169.254.7.7: link-local, 172.17.0.1: Docker\'s own bridge)',
    ]);
  });

  it.each<[string, Nic[], object, string | undefined]>([
    ['only IPv6', [nic('fd00::7', 'learned')], {}, 'fd00::7'],
    ["an address in the range of Docker's bridge", [nic('172.17.3.4', 'learned')], {}, '172.17.3.4'],
    [
      'addresses outside of the network that was named',
      [nic('10.0.0.5', 'learned'), nic('10.1.0.5', 'learned')],
      { addressNetwork: '10.2.0.0/16' },
      '10.0.0.5 or 10.1.0.5',
    ],
    ['a link-local address, which no option makes usable', [nic('169.254.7.7', 'learned')], {}, undefined],
    ['no address at all', [], {}, undefined],
    ['a good address at which nobody answers', [nic('10.0.0.5', 'learned')], { mustAnswer: true }, undefined],
  ])('that never comes, of a guest with %s', async (_case, nics, options, named) => {
    const { find } = await setup.locationOf(nics, options);
    const problem = new OperationError({ code: 'timeout', attempted: 'create', problem: 'not done' });
    setup.clock.onSleep((now) => {
      if (now > 60_000) setup.controller.abort(problem);
    });
    const { message } = await find().then(missing, (error: unknown) => OperationError.from(error, 'find'));
    const advice = /reached at (.*), name the network of that address \(--network\)\./.exec(message);
    expect(advice?.[1]).toBe(named);
    expect(message).toContain('Check that the subnet gives addresses');
  });

  it('is waited for while the VM comes up', async () => {
    const { vm, find } = await setup.locationOf([nic('10.0.0.5', 'learned')]);
    vm.power = 'off';
    setup.clock.onSleep((now) => {
      if (now > 5_000) vm.power = 'on';
    });
    expect(await find()).toBe('10.0.0.5');
    expect(setup.progress).toEqual(['waiting for an address of VM "web-1": the VM is off']);
  });

  it('does not come when the VM stays off', async () => {
    const { vm, find } = await setup.locationOf([nic('10.0.0.5', 'learned')]);
    Object.assign(vm, { power: 'off', lastProblem: 'NoHostResources' });
    await expect(find()).rejects.toMatchObject({
      code: 'not-running',
      message: expect.stringContaining('the VM is off (NoHostResources)') as unknown,
    });
    expect(setup.clock.slept).toBeLessThan(25_000);
  });

  it('does not come when the VM is deleted', async () => {
    const { find } = await setup.locationOf([]);
    setup.clock.onSleep(() => setup.cloud.vms.clear());
    await expect(find()).rejects.toMatchObject({ code: 'not-found' });
  });
});
