import {
  composeUserData,
  copyKeyPair,
  makeKeyPair,
  readKeyPair,
  removeKeyPair,
  type KeyPair,
} from '../guest/index.js';
import type { CallContext, VmTrace } from '../provider/index.js';
import { cleanUpAfter } from './failed-create.js';
import { guestSetupOf, hostnameOf } from './guest-plan.js';
import type { HostDependencies } from './host-spec.js';
import { waitUntilReady } from './readiness-wait.js';
import type { CreatedHost, HostSpec, PreparedHost } from './host-spec.js';
import { Rollback } from './rollback.js';

/** Create: each step says first how what it is about to make is rolled back. */
export async function createHost(
  deps: HostDependencies,
  spec: HostSpec,
  { placement, creationToken }: PreparedHost,
  context: CallContext,
): Promise<CreatedHost> {
  const { provider } = deps;
  const trace: VmTrace = { name: spec.name, creationToken };
  const undo = new Rollback();
  // The identity exists since PreCreateCheck, so the first step's failure already has something to give back.
  undo.add({ made: `VM "${spec.name}"`, undo: async (how) => await provider.remove(trace, how) });
  try {
    context.signal.throwIfAborted();
    const keys = await obtainKeys(spec, undo);
    const userData = await composeUserData(guestSetupOf(spec, keys.publicKey), spec.userData);
    context.signal.throwIfAborted();
    const vm = { ...spec.vm, name: spec.name, placement, userData, hostname: hostnameOf(spec.name) };
    const vmId = await provider.create(creationToken, vm, context);
    const address = await waitUntilReady(deps, spec, { ...trace, vmId }, keys, context);
    return { vmId, address };
  } catch (error) {
    throw await cleanUpAfter(error, undo, deps, spec, context);
  }
}

/** Only what was made here is rolled back: a key that was there before is the user's, or of an earlier run. */
async function obtainKeys({ ssh, name }: HostSpec, undo: Rollback): Promise<KeyPair> {
  const { keyPath, existingKey, generate } = ssh;
  if (generate === false && existingKey === undefined) return await readKeyPair(keyPath, name);
  const keys =
    generate === false
      ? await copyKeyPair(existingKey ?? '', keyPath, name)
      : await makeKeyPair(keyPath, generate, name);
  if (keys.isNew) undo.add({ made: `SSH key ${keyPath}`, undo: async () => await removeKeyPair(keyPath) });
  return keys;
}
