import { composeUserData, readKeyPair } from '../guest/index.js';
import type { CallContext } from '../provider/index.js';
import type { HostDependencies } from './create-host.js';
import type { HostSpec, PreparedHost } from './types.js';

/** PreCreateCheck. */
export async function prepareHost(
  { provider, logger }: HostDependencies,
  spec: HostSpec,
  context: CallContext,
): Promise<PreparedHost> {
  const publicKey =
    spec.ssh.generate === false ? (await readKeyPair(spec.ssh.keyPath)).publicKey : 'ssh-rsa A';
  composeUserData({ user: spec.ssh.user, publicKey, disks: [] }, spec.userData);
  const placement = await provider.resolve(spec.placement, context);
  for (const warning of placement.warnings) logger.warn(warning);
  return { placement, creationKey: await provider.issueCreationKey(spec.name, context) };
}
