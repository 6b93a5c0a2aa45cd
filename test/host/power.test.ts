import { unusedPort } from '../guest/ssh-server.js';
import { OperationError } from '../../src/support/index.js';
import { runningHost, type RunningHost } from './running-host.js';

let host: RunningHost;
beforeEach(async () => (host = await runningHost()));
afterEach(async () => await host.dispose());

const refusal = (code: 'task-failed' | 'permission-denied') => () => {
  throw new OperationError({ code, attempted: 'shut down VM "web-1"', problem: 'the guest does not listen' });
};

describe('stop', () => {
  const stop = async () =>
    await host.setup.hosts.stop(host.identity, { stopTimeout: 45_000 }, host.setup.context);

  it('asks the guest and waits until it is off', async () => {
    host.setup.cloud.onShutdown = () => undefined;
    host.setup.clock.onSleep((now) => {
      if (now > 5_000) host.vm.power = 'off';
    });
    await stop();
    expect(host.setup.cloud.calls).not.toContain('powerOff');
    expect(host.setup.progress).toEqual(['waiting for the guest of VM "web-1" to shut down: the VM is on']);
  });

  it('pulls the plug when the time is over, and says so', async () => {
    host.setup.cloud.onShutdown = () => undefined;
    await stop();
    expect(host.vm.power).toBe('off');
    expect(host.setup.clock.slept).toBeGreaterThanOrEqual(45_000);
    expect(host.setup.clock.slept).toBeLessThan(50_000);
    expect(host.setup.warnings).toEqual(['The guest did not shut down within 45 s: powering it off.']);
  });

  it('pulls the plug at once when the cloud cannot ask the guest', async () => {
    host.setup.cloud.before('requestShutdown', refusal('task-failed'));
    await stop();
    expect(host.vm.power).toBe('off');
    expect(host.setup.clock.slept).toBe(0);
    expect(host.setup.warnings).toEqual([
      'shut down VM "web-1": the guest does not listen Powering it off instead.',
    ]);
  });

  it('fails when it may not', async () => {
    host.setup.cloud.before('requestShutdown', refusal('permission-denied'));
    await expect(stop()).rejects.toMatchObject({ code: 'permission-denied' });
    expect(host.vm.power).toBe('on');
  });

  it('does nothing for a VM that is off', async () => {
    host.vm.power = 'off';
    await stop();
    expect(host.setup.cloud.calls).toEqual(['find']);
  });

  it.each(['paused', 'unknown'] as const)(
    'pulls the plug of a VM that is %s: its guest cannot hear',
    async (power) => {
      host.vm.power = power;
      await stop();
      expect(host.setup.cloud.calls).toEqual(['find', 'powerOff']);
    },
  );

  it('succeeds when somebody deletes the VM meanwhile', async () => {
    host.setup.cloud.onShutdown = () => host.setup.cloud.vms.clear();
    await expect(stop()).resolves.toBeUndefined();
  });

  it('leaves the VM as it is when it is ended', async () => {
    host.setup.cloud.onShutdown = () => undefined;
    host.setup.clock.onSleep(() =>
      host.setup.controller.abort(
        new OperationError({ code: 'cancelled', attempted: 'stop', problem: 'stopped' }),
      ),
    );
    await expect(stop()).rejects.toMatchObject({ code: 'cancelled' });
    expect(host.setup.cloud.calls).not.toContain('powerOff');
  });
});

describe('kill', () => {
  it.each(['on', 'paused', 'unknown'] as const)('pulls the plug of a VM that is %s', async (power) => {
    host.vm.power = power;
    await host.setup.hosts.kill(host.identity, host.setup.context);
    expect(host.setup.cloud.calls).toEqual(['find', 'powerOff']);
  });

  it('does nothing for a VM that is off', async () => {
    host.vm.power = 'off';
    await host.setup.hosts.kill(host.identity, host.setup.context);
    expect(host.setup.cloud.calls).toEqual(['find']);
  });
});

describe('start', () => {
  const start = async () =>
    await host.setup.hosts.start(host.identity, { ssh: host.ssh }, host.setup.context);

  it('turns the VM on and reads its address again', async () => {
    host.vm.power = 'off';
    host.setup.cloud.nics = [{ subnet: 'lan', addresses: [{ ip: '127.0.0.9', source: 'assigned' }] }];
    expect(await start()).toBe('127.0.0.9');
    expect(host.vm.power).toBe('on');
  });

  it('waits until the guest uses an address that is only assigned', async () => {
    const port = await unusedPort();
    host.setup.cloud.nics = [];
    host.setup.clock.onSleep((now) => {
      if (now > 3_000)
        host.setup.cloud.nics = [{ subnet: 'lan', addresses: [{ ip: '127.0.0.1', source: 'assigned' }] }];
    });
    expect(
      await host.setup.hosts.start(host.identity, { ssh: { ...host.ssh, port } }, host.setup.context),
    ).toBe('127.0.0.1');
    expect(host.setup.progress).toEqual(['waiting for an address of VM "web-1": the VM has no address yet']);
  });

  it('succeeds for a VM that is on', async () => expect(await start()).toBe('127.0.0.1'));
});
