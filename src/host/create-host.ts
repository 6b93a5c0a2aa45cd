import { composeUserData, copyKeyPair, makeKeyPair, removeKeyPair, type KeyPair } from '../guest/index.js';
import type { CallContext, VmId, VmIdentity } from '../provider/index.js';
import { cleanUpAfter, Rollback } from './rollback.js';
import { guestSetupOf, hostnameOf } from './guest-plan.js';
import type { HostDependencies, CreatedHost, HostSpec, PreparedHost } from './host-spec.js';
import { presentKeys } from './present-keys.js';
import { waitUntilReady } from './readiness-wait.js';

/**
 * Create: each step registers how its result is rolled back before it makes anything. `onMade` is called when the cloud
 * has made the VM, long before its guest is ready.
 */
export async function createHost(
  deps: HostDependencies,
  spec: HostSpec,
  { placement, creationToken }: PreparedHost,
  context: CallContext,
  onMade: (vmId: VmId) => void = () => undefined,
): Promise<CreatedHost> {
  const { provider } = deps;
  const identity: VmIdentity = { name: spec.name, creationToken };
  const rollback = new Rollback();
  // PreCreateCheck has reserved the identity, so even a failure of the first step has something to release.
  rollback.add({ made: `VM "${spec.name}"`, rollBack: async (how) => await provider.remove(identity, how) });
  try {
    context.signal.throwIfAborted();
    const keys = await obtainKeys(spec, rollback);
    const userData = await composeUserData(
      guestSetupOf(spec, keys.publicKey),
      spec.userData,
      provider.userDataForm,
    );
    context.signal.throwIfAborted();
    const vm = { ...spec.vm, name: spec.name, placement, userData, hostname: hostnameOf(spec.name) };
    const vmId = await provider.create(creationToken, vm, context);
    onMade(vmId);
    const address = await waitUntilReady(deps, spec, { ...identity, vmId }, keys, context);
    return { vmId, address };
  } catch (error) {
    throw await cleanUpAfter(error, rollback, deps, spec, context);
  }
}

/** Only what was made here is rolled back: a key that was there before is the user's, or of an earlier run. */
async function obtainKeys({ ssh, name }: HostSpec, rollback: Rollback): Promise<KeyPair> {
  const { keyPath, existingKey, generate, privateKey } = ssh;
  if (privateKey !== undefined || (generate === false && existingKey === undefined))
    return await presentKeys(ssh, name);
  const keys =
    generate === false
      ? await copyKeyPair(existingKey ?? '', keyPath, name)
      : await makeKeyPair(keyPath, generate, name);
  if (keys.isNew)
    rollback.add({ made: `SSH key ${keyPath}`, rollBack: async () => await removeKeyPair(keyPath) });
  return keys;
}
