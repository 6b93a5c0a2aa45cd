import type { Nic } from '../../src/provider/index.js';
import { OperationError } from '../../src/support/index.js';
import { GuestLocation } from '../../src/host/guest-location.js';
import { HostSetup } from './host-setup.js';

type Port = 'connected' | 'refused' | 'silent';

let setup: HostSetup;
/** What a connection to an address comes to; silence where nothing is said. */
let ports: Record<string, Port> = {};
/** Addresses at which the host's key is accepted, and those that were asked. */
let ours: readonly string[] = [];
let asked: string[] = [];
beforeEach(() => {
  setup = new HostSetup();
  ports = {};
  ours = [];
  asked = [];
});
afterEach(async () => await setup.dispose());

const nic = (ip: string, source: 'assigned' | 'learned' = 'assigned'): Nic => ({
  subnet: 'lan',
  addresses: [{ ip, source }],
});

interface Choice {
  readonly mustAnswer?: boolean;
  readonly addressNetwork?: string;
  readonly knownAddress?: string;
}

async function locationOf(nics: Nic[], change: Choice = {}) {
  const { cloud, context, logger, clock } = setup;
  const spec = setup.spec();
  const { placement, creationKey } = await setup.hosts.prepare(spec, context);
  const vmSpec = { ...spec.vm, name: spec.name, placement, userData: '', hostname: '' };
  const vmId = await cloud.create(creationKey, vmSpec, context);
  cloud.nics = nics;
  const location = new GuestLocation(
    { provider: cloud, logger, clock, addressNetworkOption: '--network' },
    { name: 'web-1', vmId },
    { ssh: spec.ssh, mustAnswer: false, ...change },
    async (ip) => await Promise.resolve(ports[ip] ?? 'silent'),
    {
      recognise: async (candidates) => {
        asked.push(...candidates.map(({ ip }) => ip));
        return await Promise.resolve(candidates.find(({ ip }) => ours.includes(ip)));
      },
    },
  );
  return { vm: cloud.vms.get(vmId) ?? missing(), find: async () => await location.wait(context) };
}

function missing(): never {
  throw new Error('no VM');
}

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
      'the only NIC’s in the network that was asked for',
      { '10.1.0.5': 'connected' },
      [nic('10.0.0.5'), nic('10.1.0.5')],
      { addressNetwork: '10.1.0.0/16' },
      '10.1.0.5',
      0,
    ],
  ])('is %s', async (_case, states, nics, options, expected, seconds) => {
    ports = states;
    const { find } = await locationOf(nics, options);
    expect(await find()).toBe(expected);
    expect(setup.warnings).toHaveLength(seconds === 60 ? 1 : 0);
    expect(setup.clock.slept).toBeGreaterThanOrEqual(seconds * 1_000);
    // The longest pause between two looks is 4 s.
    expect(setup.clock.slept).toBeLessThanOrEqual(seconds === 0 ? 0 : (seconds + 4) * 1_000);
  });

  const floating = nic('10.0.0.200', 'learned');
  it.each<[string, Record<string, Port>, readonly string[], Nic[], Choice, string, number]>([
    [
      'the known one, though a floating one is listed first and answers',
      { '10.0.0.200': 'connected', '10.0.0.5': 'connected' },
      ['10.0.0.200'],
      [floating, nic('10.0.0.5', 'learned')],
      { knownAddress: '10.0.0.5' },
      '10.0.0.5',
      0,
    ],
    [
      'the known one, on the second NIC',
      { '10.0.0.5': 'connected', '10.1.0.5': 'connected' },
      [],
      [nic('10.0.0.5'), nic('10.1.0.5')],
      { knownAddress: '10.1.0.5' },
      '10.1.0.5',
      0,
    ],
    [
      'the known one, when nothing accepts the key for a minute',
      { '10.0.0.200': 'connected' },
      [],
      [floating, nic('10.0.0.5', 'learned')],
      { knownAddress: '10.0.0.5' },
      '10.0.0.5',
      60,
    ],
    [
      'another one that accepts the key, when the known one stays silent',
      { '10.0.0.200': 'connected', '10.0.0.77': 'connected' },
      ['10.0.0.77'],
      [floating, nic('10.0.0.5', 'learned'), nic('10.0.0.77', 'learned')],
      { knownAddress: '10.0.0.5', mustAnswer: true },
      '10.0.0.77',
      60,
    ],
    [
      'the one that accepts the key, when the known one is listed no more',
      { '10.0.0.200': 'connected', '10.0.0.77': 'connected' },
      ['10.0.0.77'],
      [floating, nic('10.0.0.77', 'learned')],
      { knownAddress: '10.0.0.5' },
      '10.0.0.77',
      0,
    ],
    [
      'as with a new host, when the known one is listed no more and nothing accepts the key',
      { '10.0.0.200': 'connected' },
      [],
      [floating, nic('10.0.0.77', 'learned')],
      { knownAddress: '10.0.0.5' },
      '10.0.0.200',
      60,
    ],
    [
      'the only one that is left, without a look at its key',
      {},
      [],
      [nic('10.0.0.77', 'learned')],
      { knownAddress: '10.0.0.5' },
      '10.0.0.77',
      0,
    ],
  ])('was known, and is %s', async (_case, states, recognised, nics, options, expected, seconds) => {
    ports = states;
    ours = recognised;
    const { find } = await locationOf(nics, options);
    expect(await find()).toBe(expected);
    expect(setup.clock.slept).toBeGreaterThanOrEqual(seconds * 1_000);
    expect(setup.clock.slept).toBeLessThanOrEqual(seconds === 0 ? 0 : (seconds + 4) * 1_000);
    if (nics.length === 1 || (seconds === 0 && expected === options.knownAddress)) expect(asked).toEqual([]);
  });

  it('that is known has its time to come up while a floating one answers', async () => {
    ports = { '10.0.0.200': 'connected' };
    ours = ['10.0.0.200'];
    const { find } = await locationOf([floating, nic('10.0.0.5')], { knownAddress: '10.0.0.5' });
    setup.clock.onSleep((now) => {
      if (now > 30_000) ports = { ...ports, '10.0.0.5': 'connected' };
    });
    expect(await find()).toBe('10.0.0.5');
    expect([setup.warnings, asked]).toEqual([[], []]);
  });

  it('once found stays, though another one answers first the next time', async () => {
    ports = { '10.0.0.5': 'connected' };
    const { find } = await locationOf([nic('10.0.0.5', 'learned')], { mustAnswer: true });
    expect(await find()).toBe('10.0.0.5');
    setup.cloud.nics = [floating, nic('10.0.0.5', 'learned')];
    ports = { '10.0.0.200': 'connected' };
    setup.clock.onSleep((now) => {
      if (now > 20_000) ports = { ...ports, '10.0.0.5': 'connected' };
    });
    expect(await find()).toBe('10.0.0.5');
  });

  it('is only one that answers, where that is a must', async () => {
    const { find } = await locationOf([nic('10.0.0.5', 'learned')], { mustAnswer: true });
    setup.clock.onSleep((now) => {
      if (now > 200_000) ports = { '10.0.0.5': 'refused' };
    });
    expect(await find()).toBe('10.0.0.5');
    expect(setup.clock.slept).toBeGreaterThan(200_000);
    expect(setup.progress[0]).toBe('waiting for an address of VM "web-1": 10.0.0.5 does not answer yet');
  });

  it('is none of those that cannot be used; they are named', async () => {
    const { find } = await locationOf([nic('169.254.7.7', 'learned'), nic('172.17.0.1', 'learned')]);
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
    const { find } = await locationOf(nics, options);
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
    const { vm, find } = await locationOf([nic('10.0.0.5', 'learned')]);
    vm.power = 'off';
    setup.clock.onSleep((now) => {
      if (now > 5_000) vm.power = 'on';
    });
    expect(await find()).toBe('10.0.0.5');
    expect(setup.progress).toEqual(['waiting for an address of VM "web-1": the VM is off']);
  });

  it('does not come when the VM stays off', async () => {
    const { vm, find } = await locationOf([nic('10.0.0.5', 'learned')]);
    Object.assign(vm, { power: 'off', lastProblem: 'NoHostResources' });
    await expect(find()).rejects.toMatchObject({
      code: 'not-running',
      message: expect.stringContaining('the VM is off (NoHostResources)') as unknown,
    });
    expect(setup.clock.slept).toBeLessThan(25_000);
  });

  it('does not come when the VM is deleted', async () => {
    const { find } = await locationOf([]);
    setup.clock.onSleep(() => setup.cloud.vms.clear());
    await expect(find()).rejects.toMatchObject({ code: 'not-found' });
  });
});
