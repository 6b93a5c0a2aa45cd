import type { VmTrace } from '../../src/provider/index.js';
import { OperationError } from '../../src/support/index.js';
import { startTcpServer, unusedPort } from '../guest/ssh-server.js';
import type { FakeVm } from './fake-provider.js';
import { HostSetup } from './host-setup.js';

let setup = new HostSetup();
let vm: FakeVm;
let trace: VmTrace;
let guest: Awaited<ReturnType<typeof startTcpServer>>;

beforeEach(async () => {
  setup = new HostSetup();
  const spec = setup.spec();
  const prepared = await setup.hosts.prepare(spec, setup.context);
  guest = await startTcpServer('SSH-2.0-guest\r\n');
  const created = await setup.hosts.create(
    { ...spec, ssh: { ...spec.ssh, port: guest.port } },
    prepared,
    setup.context,
  );
  trace = { name: 'web-1', creationKey: prepared.creationKey };
  const made = setup.cloud.vms.get(created.vmId);
  if (made === undefined) throw new Error('no VM was made');
  vm = made;
  setup.cloud.calls.length = 0;
});
afterEach(async () => {
  setup.dispose();
  await guest.close();
});

const ssh = () => ({ user: 'root', port: guest.port, keyPath: '', generate: false as const });
const options = () => ({ ssh: ssh(), stopTimeout: 45_000 });
const refusal = (code: 'task-failed' | 'permission-denied') => () => {
  throw new OperationError({ code, attempted: 'shut down VM "web-1"', problem: 'the guest does not listen' });
};

describe('stop', () => {
  const stop = async () => await setup.hosts.stop(trace, { stopTimeout: 45_000 }, setup.context);

  it('asks the guest and waits until it is off', async () => {
    setup.cloud.onShutdown = () => undefined;
    setup.clock.onSleep((now) => {
      if (now > 5_000) vm.power = 'off';
    });
    await stop();
    expect(setup.cloud.calls).not.toContain('powerOff');
    expect(setup.progress).toEqual(['waiting for the guest of VM "web-1" to shut down: the VM is on']);
  });

  it('pulls the plug when the time is over, and says so', async () => {
    setup.cloud.onShutdown = () => undefined;
    await stop();
    expect(vm.power).toBe('off');
    expect(setup.clock.slept).toBeGreaterThanOrEqual(45_000);
    expect(setup.clock.slept).toBeLessThan(50_000);
    expect(setup.warnings).toEqual(['The guest did not shut down within 45 s: powering it off.']);
  });

  it('pulls the plug at once when the cloud cannot ask the guest', async () => {
    setup.cloud.before('requestShutdown', refusal('task-failed'));
    await stop();
    expect(vm.power).toBe('off');
    expect(setup.clock.slept).toBe(0);
    expect(setup.warnings).toEqual([
      'shut down VM "web-1": the guest does not listen Powering it off instead.',
    ]);
  });

  it('fails when it may not', async () => {
    setup.cloud.before('requestShutdown', refusal('permission-denied'));
    await expect(stop()).rejects.toMatchObject({ code: 'permission-denied' });
    expect(vm.power).toBe('on');
  });

  it('does nothing for a VM that is off', async () => {
    vm.power = 'off';
    await stop();
    expect(setup.cloud.calls).toEqual(['find']);
  });

  it.each(['paused', 'unknown'] as const)(
    'pulls the plug of a VM that is %s: its guest cannot hear',
    async (power) => {
      vm.power = power;
      await stop();
      expect(setup.cloud.calls).toEqual(['find', 'powerOff']);
    },
  );

  it('succeeds when somebody deletes the VM meanwhile', async () => {
    setup.cloud.onShutdown = () => setup.cloud.vms.clear();
    await expect(stop()).resolves.toBeUndefined();
  });

  it('leaves the VM as it is when it is ended', async () => {
    setup.cloud.onShutdown = () => undefined;
    setup.clock.onSleep(() =>
      setup.controller.abort(
        new OperationError({ code: 'cancelled', attempted: 'stop', problem: 'stopped' }),
      ),
    );
    await expect(stop()).rejects.toMatchObject({ code: 'cancelled' });
    expect(setup.cloud.calls).not.toContain('powerOff');
  });
});

describe('kill', () => {
  it.each(['on', 'paused', 'unknown'] as const)('pulls the plug of a VM that is %s', async (power) => {
    vm.power = power;
    await setup.hosts.kill(trace, setup.context);
    expect(setup.cloud.calls).toEqual(['find', 'powerOff']);
  });

  it('does nothing for a VM that is off', async () => {
    vm.power = 'off';
    await setup.hosts.kill(trace, setup.context);
    expect(setup.cloud.calls).toEqual(['find']);
  });
});

describe('start', () => {
  const start = async () => await setup.hosts.start(trace, { ssh: ssh() }, setup.context);

  it('turns the VM on and reads its address again', async () => {
    vm.power = 'off';
    setup.cloud.nics = [{ subnet: 'lan', addresses: [{ ip: '127.0.0.9', source: 'assigned' }] }];
    expect(await start()).toBe('127.0.0.9');
    expect(vm.power).toBe('on');
  });

  it('waits until the guest uses an address that is only assigned', async () => {
    const port = await unusedPort();
    setup.cloud.nics = [];
    setup.clock.onSleep((now) => {
      if (now > 3_000)
        setup.cloud.nics = [{ subnet: 'lan', addresses: [{ ip: '127.0.0.1', source: 'assigned' }] }];
    });
    expect(await setup.hosts.start(trace, { ssh: { ...ssh(), port } }, setup.context)).toBe('127.0.0.1');
    expect(setup.progress).toEqual(['waiting for an address of VM "web-1": the VM has no address yet']);
  });

  it('succeeds for a VM that is on', async () => expect(await start()).toBe('127.0.0.1'));
});

describe('restart', () => {
  const restart = async () => await setup.hosts.restart(trace, options(), setup.context);

  it('is over when the guest went down and came back', async () => {
    setup.cloud.onReboot = () => guest.drop();
    // The end of the connection travels through the real network stack.
    setup.clock.onSleep(async () => await new Promise((resolve) => setTimeout(resolve, 20)));
    expect(await restart()).toBe('127.0.0.1');
    expect(setup.cloud.calls).not.toContain('reset');
    expect(setup.warnings).toEqual([]);
  });

  it('sees a guest that is down for a while, at another address afterwards', async () => {
    const [nic] = setup.cloud.nics;
    setup.cloud.onReboot = () => {
      guest.drop();
      setup.cloud.nics = [];
    };
    setup.clock.onSleep((now) => {
      if (now > 4_000)
        setup.cloud.nics = [
          { subnet: 'lan', addresses: [...(nic?.addresses ?? []), { ip: '127.0.0.1', source: 'learned' }] },
        ];
    });
    expect(await restart()).toBe('127.0.0.1');
    expect(setup.progress).toContain('waiting for the guest of VM "web-1" to restart: it is down');
    expect(setup.cloud.calls).not.toContain('reset');
  });

  it('resets a guest that goes on as if nothing was asked', async () => {
    expect(await restart()).toBe('127.0.0.1');
    expect(setup.cloud.calls).toContain('reset');
    expect(setup.warnings).toEqual(['The guest did not restart within 45 s: resetting it.']);
  });

  it('resets at once when the cloud cannot ask the guest', async () => {
    setup.cloud.before('requestReboot', refusal('task-failed'));
    await restart();
    expect(setup.cloud.calls).toContain('reset');
    expect(setup.clock.slept).toBe(0);
  });

  it.each([
    ['off', ['find', 'find', 'powerOn', 'find']],
    ['paused', ['find', 'powerOff', 'find', 'powerOn', 'find']],
  ] as const)('turns a VM on that is %s', async (power, calls) => {
    vm.power = power;
    expect(await restart()).toBe('127.0.0.1');
    expect(setup.cloud.calls).toEqual(calls);
  });

  it('takes an answer for the proof where none came before', async () => {
    const nics = setup.cloud.nics;
    setup.cloud.nics = [];
    setup.cloud.onReboot = () => void (setup.cloud.nics = nics);
    expect(await restart()).toBe('127.0.0.1');
    expect(setup.cloud.calls).not.toContain('reset');
  });
});

describe('a VM that is gone', () => {
  beforeEach(() => setup.cloud.vms.clear());

  it.each([
    ['start', async () => await setup.hosts.start(trace, options(), setup.context)],
    ['stop', async () => await setup.hosts.stop(trace, options(), setup.context)],
    ['kill', async () => await setup.hosts.kill(trace, setup.context)],
    ['restart', async () => await setup.hosts.restart(trace, options(), setup.context)],
  ])('cannot %s', async (_name, act) => {
    await expect(act()).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('find VM "web-1": it does not exist') as unknown,
    });
  });

  it('is removed', async () =>
    await expect(setup.hosts.remove(trace, setup.context)).resolves.toBeUndefined());
  it('has a state', async () => expect(await setup.hosts.state(trace, setup.context)).toBe('not-found'));
  it('has no address', async () =>
    expect(await setup.hosts.address(trace, options(), setup.context)).toBeUndefined());
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
    Object.assign(vm, { power, lifecycle });
    expect(await setup.hosts.state(trace, setup.context)).toBe(expected);
    expect(setup.cloud.calls).toEqual(['find']);
  });
});

describe('address', () => {
  const address = async (addressNetwork?: string) =>
    await setup.hosts.address(trace, { ssh: ssh(), addressNetwork }, setup.context);

  it('is the best one, in one request and without asking the guest', async () => {
    setup.cloud.nics = [
      {
        subnet: 'lan',
        addresses: [
          { ip: '10.0.0.5', source: 'assigned' },
          { ip: '10.0.0.9', source: 'learned' },
        ],
      },
    ];
    expect(await address()).toBe('10.0.0.9');
    expect(setup.cloud.calls).toEqual(['find']);
  });

  it('is the one in the network that was asked for', async () =>
    expect(await address('10.0.0.0/8')).toBeUndefined());

  it('is none while the VM is off', async () => {
    vm.power = 'off';
    expect(await address()).toBeUndefined();
  });
});

it('removal is the cloud’s, by all that is known', async () => {
  await setup.hosts.remove(trace, setup.context);
  expect(setup.leftovers()).toMatchObject({ vms: 0, reservations: 0 });
});
