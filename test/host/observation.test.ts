import { runningHost, type RunningHost } from './running-host.js';

let host: RunningHost;
beforeEach(async () => (host = await runningHost()));
afterEach(async () => await host.dispose());

const options = () => ({ ssh: host.ssh, stopTimeout: 45_000 });

describe('a VM that is gone', () => {
  beforeEach(() => host.setup.cloud.vms.clear());

  it.each([
    ['start', async () => await host.setup.hosts.start(host.trace, options(), host.setup.context)],
    ['stop', async () => await host.setup.hosts.stop(host.trace, options(), host.setup.context)],
    ['kill', async () => await host.setup.hosts.kill(host.trace, host.setup.context)],
    ['restart', async () => await host.setup.hosts.restart(host.trace, options(), host.setup.context)],
  ])('cannot %s', async (_name, act) => {
    await expect(act()).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('find VM "web-1": it does not exist') as unknown,
    });
  });

  it('is removed', async () =>
    await expect(host.setup.hosts.remove(host.trace, host.setup.context)).resolves.toBeUndefined());
  it('has a state', async () =>
    expect(await host.setup.hosts.state(host.trace, host.setup.context)).toBe('not-found'));
  it('has no address', async () =>
    expect(await host.setup.hosts.address(host.trace, options(), host.setup.context)).toBeUndefined());
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
    expect(await host.setup.hosts.state(host.trace, host.setup.context)).toBe(expected);
    expect(host.setup.cloud.calls).toEqual(['find']);
  });
});

describe('address', () => {
  const address = async (addressNetwork?: string) =>
    await host.setup.hosts.address(host.trace, { ssh: host.ssh, addressNetwork }, host.setup.context);

  it('is the best one, in one request and without asking the guest', async () => {
    host.setup.cloud.nics = [
      {
        subnet: 'lan',
        addresses: [
          { ip: '10.0.0.5', source: 'assigned' },
          { ip: '10.0.0.9', source: 'learned' },
        ],
      },
    ];
    expect(await address()).toBe('10.0.0.9');
    expect(host.setup.cloud.calls).toEqual(['find']);
  });

  it('is the one in the network that was asked for', async () =>
    expect(await address('10.0.0.0/8')).toBeUndefined());

  it('is none while the VM is off', async () => {
    host.vm.power = 'off';
    expect(await address()).toBeUndefined();
  });
});

it('removal is the cloud’s, by all that is known', async () => {
  await host.setup.hosts.remove(host.trace, host.setup.context);
  expect(host.setup.leftovers()).toMatchObject({ vms: 0, reservations: 0 });
});
