import { join } from 'node:path';
import type { AddressOptions } from '../../host/index.js';
import type { VmIdentity } from '../../provider/index.js';
import type { ConfigValues } from '../config/index.js';
import { OPTIONS } from '../options/index.js';

/** Where Docker listens in the guest, with TLS. */
export const DOCKER_PORT = 2376;

/*
 * How the client reaches the guest. None of this needs credentials or the network: `ssh` and `scp` have to work
 * when Prism Central does not. Empty and 0 stand for the defaults, as in libmachine's own base driver.
 */

export function sshUserOf({ SSHUser }: ConfigValues): string {
  return SSHUser === '' ? OPTIONS.SSHUser.fallback : SSHUser;
}

export function sshPortOf({ SSHPort }: ConfigValues): number {
  return SSHPort === 0 ? OPTIONS.SSHPort.fallback : SSHPort;
}

/** The official driver's name for the key, whatever its type: clients only care for the content. */
export function sshKeyPathOf({ SSHKeyPath, StorePath, MachineName }: ConfigValues): string {
  return SSHKeyPath === '' ? join(StorePath, 'machines', MachineName, 'id_rsa') : SSHKeyPath;
}

/** How the core finds and reaches an existing guest. */
export function hostAccessOf(values: ConfigValues): AddressOptions {
  const { IPAddress, IPNetwork } = values;
  return {
    knownAddress: IPAddress === '' ? undefined : IPAddress,
    addressNetwork: IPNetwork === '' ? undefined : IPNetwork,
    ssh: {
      user: sshUserOf(values),
      port: sshPortOf(values),
      keyPath: sshKeyPathOf(values),
      generate: false,
    },
  };
}

/** What is known of the machine's VM. */
export function identityOf({ MachineName, CreationKey, VMId }: ConfigValues): VmIdentity {
  return {
    name: MachineName,
    creationToken: CreationKey === '' ? undefined : CreationKey,
    vmId: VMId === '' ? undefined : VMId,
  };
}

/** Time limit of each operation, ms. */
export function timeLimitOf({ Timeout }: Pick<ConfigValues, 'Timeout'>): number {
  return (Timeout > 0 ? Timeout : OPTIONS.Timeout.fallback) * 1000;
}
