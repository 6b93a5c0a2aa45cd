import type { ConfigValues } from './config/index.js';
import { sshKeyPathOf, sshPortOf, sshUserOf } from './ssh-access.js';

/** How the core finds and reaches an existing guest. */
export function hostOptionsOf(values: ConfigValues) {
  const { IPAddress, IPNetwork } = values;
  return {
    knownAddress: IPAddress === '' ? undefined : IPAddress,
    addressNetwork: IPNetwork === '' ? undefined : IPNetwork,
    ssh: {
      user: sshUserOf(values),
      port: sshPortOf(values),
      keyPath: sshKeyPathOf(values),
      generate: false as const,
    },
  };
}
