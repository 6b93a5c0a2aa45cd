import { OperationError } from '../../src/support/index.js';
import { readFileSync } from 'node:fs';
import type { Vm } from '../../src/provider/index.js';
import { newKeyPair, startSshServer, startTcpServer, type SshServer } from '../guest/ssh-server.js';
import { runningHost, type RunningHost } from './running-host.js';

type TcpServer = Awaited<ReturnType<typeof startTcpServer>>;

let host: RunningHost;
beforeEach(async () => (host = await runningHost()));
afterEach(async () => await host.dispose());

describe('restart', () => {
  const restart = async (knownAddress?: string) => {
    const options = { ssh: host.ssh, stopTimeout: 45_000, knownAddress };
    return await host.setup.hosts.restart(host.identity, options, host.setup.context);
  };
  /** The end of a connection travels through the real network stack. */
  const atEachSleep = (act: (now: number) => void | Promise<void> = () => undefined) =>
    host.setup.clock.onSleep(async (now) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await act(now);
    });
  const listed = (...ips: string[]): Vm['nics'] => [
    { subnet: 'lan', addresses: ips.map((ip) => ({ ip, source: 'assigned' })) },
  ];
  /** A server at another address that lets the machine's key in, or another one's. */
  const sshAt = async (address: string, publicKey = readFileSync(`${host.ssh.keyPath}.pub`, 'utf8')) =>
    await startSshServer({ user: 'root', publicKey, port: host.ssh.port, host: address });

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

  describe('of a host that is known at one of several addresses', () => {
    /** Another host that has the floating address now. */
    let floating: SshServer;
    beforeEach(async () => {
      floating = await sshAt('127.0.0.200', (await newKeyPair()).public);
      host.setup.cloud.nics = listed('127.0.0.200', '127.0.0.1');
    });
    afterEach(async () => await floating.close());

    it('watches the known one, not the first, and not whatever answers', async () => {
      host.setup.cloud.onReboot = async () => await host.guest.close();
      let again: TcpServer | undefined;
      atEachSleep(async (now) => {
        if (now > 20_000) again ??= await startTcpServer('SSH-2.0-guest\r\n', { port: host.ssh.port });
      });
      expect(await restart('127.0.0.1')).toBe('127.0.0.1');
      expect(host.setup.clock.slept).toBeGreaterThan(20_000);
      expect(host.setup.cloud.calls).not.toContain('reset');
      expect(floating.refused()).toBe(0);
      await again?.close();
    });

    it('does not reset a guest that came back at another address, which accepts its key', async () => {
      const moved = await sshAt('127.0.0.77');
      host.setup.cloud.onReboot = async () => {
        await host.guest.close();
        host.setup.cloud.nics = listed('127.0.0.200', '127.0.0.1', '127.0.0.77');
      };
      atEachSleep();
      expect(await restart('127.0.0.1')).toBe('127.0.0.77');
      expect(host.setup.cloud.calls).not.toContain('reset');
      await moved.close();
    });

    it('finds it by its key where the known one is listed no more', async () => {
      const moved = await sshAt('127.0.0.77');
      host.setup.cloud.onReboot = async () => {
        await host.guest.close();
        host.setup.cloud.nics = listed('127.0.0.200', '127.0.0.77');
      };
      atEachSleep();
      expect(await restart('127.0.0.1')).toBe('127.0.0.77');
      expect(host.setup.clock.slept).toBeLessThan(10_000);
      await moved.close();
    });

    it('resets a guest that does not come back, whatever answers elsewhere', async () => {
      host.setup.cloud.onReboot = async () => await host.guest.close();
      atEachSleep();
      let again: TcpServer | undefined;
      host.setup.cloud.before('reset', async () => {
        again = await startTcpServer('SSH-2.0-guest\r\n', { port: host.ssh.port });
      });
      expect(await restart('127.0.0.1')).toBe('127.0.0.1');
      expect(host.setup.warnings).toEqual(['The guest did not restart within 45 s: resetting it.']);
      await again?.close();
    });
  });

  it('takes an answer for the proof where none came before', async () => {
    const nics = host.setup.cloud.nics;
    host.setup.cloud.nics = [];
    host.setup.cloud.onReboot = () => void (host.setup.cloud.nics = nics);
    expect(await restart()).toBe('127.0.0.1');
    expect(host.setup.cloud.calls).not.toContain('reset');
  });
});
