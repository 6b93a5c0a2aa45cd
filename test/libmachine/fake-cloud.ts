import type { HostLifecycle } from '../../src/host/index.js';
import type { CloudModules } from '../../src/libmachine/index.js';
import type { Connection, Provider } from '../../src/provider/index.js';
import { FakeHosts } from '../session/fake-hosts.js';

/** A cloud of one fake lifecycle; remembers whom it was connected to. */
export class FakeCloud implements CloudModules {
  readonly hosts = new FakeHosts();
  readonly connections: Connection[] = [];
  closed = 0;
  /** Whether the guest accepts connections, and where it was looked for. */
  guestIsUp = false;
  readonly probes: string[] = [];

  guestAnswers(address: string, ports: readonly number[]): Promise<boolean> {
    this.probes.push(`${address}:${ports.join(',')}`);
    return Promise.resolve(this.guestIsUp);
  }

  connect(connection: Connection): Promise<Provider> {
    this.connections.push(connection);
    const unused = (): never => {
      throw new Error('only the lifecycle speaks to the provider');
    };
    const close = (): Promise<void> => {
      this.closed += 1;
      return Promise.resolve();
    };
    return Promise.resolve({
      resolve: unused,
      issueCreationToken: unused,
      create: unused,
      find: unused,
      powerOn: unused,
      requestShutdown: unused,
      requestReboot: unused,
      powerOff: unused,
      reset: unused,
      remove: unused,
      close,
    });
  }

  lifecycle(): Promise<HostLifecycle> {
    return Promise.resolve(this.hosts);
  }
}
