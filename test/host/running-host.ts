import type { SshAccess } from '../../src/host/index.js';
import type { VmIdentity } from '../../src/provider/index.js';
import { startTcpServer } from '../guest/ssh-server.js';
import type { FakeVm } from './fake-provider.js';
import { HostSetup } from './host-setup.js';

/** A host that was created; its guest has an open SSH port and nothing behind it. */
export interface RunningHost {
  readonly setup: HostSetup;
  readonly vm: FakeVm;
  readonly identity: VmIdentity;
  readonly ssh: SshAccess;
  readonly guest: Awaited<ReturnType<typeof startTcpServer>>;
  dispose(): Promise<void>;
}

export async function runningHost(): Promise<RunningHost> {
  const setup = new HostSetup();
  const guest = await startTcpServer('SSH-2.0-guest\r\n');
  const spec = setup.spec();
  const ssh = { ...spec.ssh, port: guest.port };
  const prepared = await setup.hosts.prepare(spec, setup.context);
  const { vmId } = await setup.hosts.create({ ...spec, ssh }, prepared, setup.context);
  const vm = setup.cloud.vms.get(vmId);
  if (vm === undefined) throw new Error('no VM was made');
  setup.cloud.calls.length = 0;
  return {
    setup,
    vm,
    identity: { name: spec.name, creationToken: prepared.creationToken },
    ssh,
    guest,
    dispose: async () => {
      await setup.dispose();
      await guest.close();
    },
  };
}
