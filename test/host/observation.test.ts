import type { AddressPreference } from '../../src/host/index.js';
import { runningHost, type RunningHost } from './running-host.js';

let host: RunningHost;
beforeEach(async () => (host = await runningHost()));
afterEach(async () => await host.dispose());

const options = () => ({ ssh: host.ssh, stopTimeout: 45_000 });

describe('a VM that is gone', () => {
  beforeEach(() => host.setup.cloud.vms.clear());

  it.each([
    ['start', async () => await host.setup.hosts.start(host.identity, options(), host.setup.context)],
    ['stop', async () => await host.setup.hosts.stop(host.identity, options(), host.setup.context)],
    ['kill', async () => await host.setup.hosts.kill(host.identity, host.setup.context)],
    ['restart', async () => await host.setup.hosts.restart(host.identity, options(), host.setup.context)],
  ])('cannot %s', async (_name, act) => {
    await expect(act()).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('find VM "web-1": it does not exist') as unknown,
    });
  });

  it('is removed', async () =>
    await expect(host.setup.hosts.remove(host.identity, host.setup.context)).resolves.toBeUndefined());
  it('has a state and no address', async () =>
    expect(await host.setup.hosts.observe(host.identity, {}, host.setup.context)).toEqual({
      state: 'not-found',
    }));
});

describe('state', () => {
  it.each([
    ['on', 'ready', 'running'],
    ['off', 'ready', 'stopped'],
    ['paused', 'ready', 'paused'],
    ['unknown', 'ready', 'error'],
    ['off', 'creating', 'starting'],
    ['unknown', 'creating', 'starting'],
    ['on', 'deleting', 'stopping'],
    ['unknown', 'deleting', 'stopping'],
  ] as const)('of power %s and lifecycle %s is %s, in one request', async (power, lifecycle, expected) => {
    Object.assign(host.vm, { power, lifecycle });
    expect(await host.setup.hosts.observe(host.identity, {}, host.setup.context)).toMatchObject({
      state: expected,
    });
    expect(host.setup.cloud.calls).toEqual(['find']);
  });
});

describe('address', () => {
  const address = async (wishes: AddressPreference = {}) =>
    (await host.setup.hosts.observe(host.identity, wishes, host.setup.context)).address;
  beforeEach(() => {
    const addresses = [
      { ip: '10.0.0.5', source: 'assigned' },
      { ip: '10.0.0.9', source: 'learned' },
    ] as const;
    host.setup.cloud.nics = [{ subnet: 'lan', addresses }];
  });

  it('is the best one, in one request and without asking the guest', async () => {
    expect(await address()).toBe('10.0.0.9');
    expect(host.setup.cloud.calls).toEqual(['find']);
  });

  it('is the known one as long as it is listed, whatever is better', async () => {
    expect(await address({ knownAddress: '10.0.0.5' })).toBe('10.0.0.5');
    expect(await address({ knownAddress: '10.0.0.7' })).toBe('10.0.0.9');
  });

  it('is the one in the network that was asked for', async () =>
    expect(await address({ addressNetwork: '10.1.0.0/16' })).toBeUndefined());

  it('is none while the VM is off', async () => {
    host.vm.power = 'off';
    expect(await address()).toBeUndefined();
  });
});

it('removal is the cloud’s, by all that is known', async () => {
  await host.setup.hosts.remove(host.identity, host.setup.context);
  expect(host.setup.leftovers()).toMatchObject({ vms: 0, reservations: 0 });
});
