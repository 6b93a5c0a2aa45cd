import { OperationError } from '../../src/support/index.js';
import { runningHost, type RunningHost } from './running-host.js';

let host: RunningHost;
beforeEach(async () => (host = await runningHost()));
afterEach(async () => await host.dispose());

describe('restart', () => {
  const restart = async () =>
    await host.setup.hosts.restart(host.trace, { ssh: host.ssh, stopTimeout: 45_000 }, host.setup.context);

  it('is over when the guest went down and came back', async () => {
    host.setup.cloud.onReboot = () => host.guest.drop();
    // The end of the connection travels through the real network stack.
    host.setup.clock.onSleep(async () => await new Promise((resolve) => setTimeout(resolve, 20)));
    expect(await restart()).toBe('127.0.0.1');
    expect(host.setup.cloud.calls).not.toContain('reset');
    expect(host.setup.warnings).toEqual([]);
  });

  it('sees a guest that is down for a while, at another address afterwards', async () => {
    const [nic] = host.setup.cloud.nics;
    host.setup.cloud.onReboot = () => {
      host.guest.drop();
      host.setup.cloud.nics = [];
    };
    host.setup.clock.onSleep((now) => {
      if (now > 4_000)
        host.setup.cloud.nics = [
          { subnet: 'lan', addresses: [...(nic?.addresses ?? []), { ip: '127.0.0.1', source: 'learned' }] },
        ];
    });
    expect(await restart()).toBe('127.0.0.1');
    expect(host.setup.progress).toContain('waiting for the guest of VM "web-1" to restart: it is down');
    expect(host.setup.cloud.calls).not.toContain('reset');
  });

  it('resets a guest that goes on as if nothing was asked', async () => {
    expect(await restart()).toBe('127.0.0.1');
    expect(host.setup.cloud.calls).toContain('reset');
    expect(host.setup.warnings).toEqual(['The guest did not restart within 45 s: resetting it.']);
  });

  it('resets at once when the cloud cannot ask the guest', async () => {
    const error = new OperationError({ code: 'task-failed', attempted: 'restart', problem: 'no ACPI' });
    host.setup.cloud.before('requestReboot', () => {
      throw error;
    });
    await restart();
    expect(host.setup.cloud.calls).toContain('reset');
    expect(host.setup.clock.slept).toBe(0);
  });

  it.each([
    ['off', ['find', 'find', 'powerOn', 'find']],
    ['paused', ['find', 'powerOff', 'find', 'powerOn', 'find']],
  ] as const)('turns a VM on that is %s', async (power, calls) => {
    host.vm.power = power;
    expect(await restart()).toBe('127.0.0.1');
    expect(host.setup.cloud.calls).toEqual(calls);
  });

  it('takes an answer for the proof where none came before', async () => {
    const nics = host.setup.cloud.nics;
    host.setup.cloud.nics = [];
    host.setup.cloud.onReboot = () => void (host.setup.cloud.nics = nics);
    expect(await restart()).toBe('127.0.0.1');
    expect(host.setup.cloud.calls).not.toContain('reset');
  });
});
