import type { CallContext, Vm, VmIdentity } from '../provider/index.js';
import { hasCode, type OperationError } from '../support/index.js';
import { AddressDiscovery, vanished } from './address-discovery.js';
import type { AddressOptions } from './address-choice.js';
import type { HostDependencies } from './host-spec.js';
import { waitFor, type ProbeResult } from './waiting.js';

/** Time limits of one operation, ms. */
export interface PowerOptions {
  /** How long a guest may take to shut down by itself before it is powered off. */
  readonly stopTimeout: number;
}

/** Turns a host on and waits for its address. One that runs already is success. */
export async function startHost(
  deps: HostDependencies,
  identity: VmIdentity,
  options: AddressOptions,
  context: CallContext,
): Promise<string> {
  const { id } = await locate(deps, identity, context);
  await deps.provider.powerOn(id, context);
  const location = new AddressDiscovery(deps, { ...identity, vmId: id }, { ...options, mustAnswer: false });
  return await location.wait(context);
}

/** Asks the guest to shut down (ACPI), and powers the VM off when the time-out expires. */
export async function stopHost(
  deps: HostDependencies,
  identity: VmIdentity,
  { stopTimeout }: PowerOptions,
  context: CallContext,
): Promise<void> {
  const vm = await locate(deps, identity, context);
  if (vm.power === 'off') return;
  if (vm.power === 'on' && (await shutDown(deps, { ...identity, vmId: vm.id }, stopTimeout, context))) return;
  await deps.provider.powerOff(vm.id, context);
}

/** Powers the VM off without asking the guest. */
export async function killHost(
  deps: HostDependencies,
  identity: VmIdentity,
  context: CallContext,
): Promise<void> {
  const vm = await locate(deps, identity, context);
  if (vm.power !== 'off') await deps.provider.powerOff(vm.id, context);
}

/** The VM of a host; an OperationError `not-found` when it is gone. */
export async function locate(
  { provider }: HostDependencies,
  identity: VmIdentity,
  context: CallContext,
): Promise<Vm> {
  const vm = await provider.find(identity, context);
  if (vm === undefined) throw vanished(identity);
  return vm;
}

/** Resolves to true when the guest is off, to false when it did not shut down within the time-out. */
async function shutDown(
  deps: HostDependencies,
  identity: VmIdentity & { readonly vmId: string },
  stopTimeout: number,
  context: CallContext,
): Promise<boolean> {
  const { provider, clock, logger } = deps;
  const giveUpAt = clock.now() + stopTimeout;
  const refusal = await guestRefusal(async () => await provider.requestShutdown(identity.vmId, context));
  if (refusal !== undefined) {
    logger.warn(`${refusal.message} Powering it off instead.`);
    return false;
  }
  const probe = async (): Promise<ProbeResult<boolean>> => {
    const now = await provider.find(identity, context);
    // The VM was deleted meanwhile: it does not run any more, which is what the caller asked for.
    if (now === undefined || now.power === 'off') return { ready: true, value: true };
    if (clock.now() >= giveUpAt) return { ready: true, value: false };
    return { ready: false, seen: `the VM is ${now.power}` };
  };
  const isOff = await waitFor(
    { what: `the guest of VM "${identity.name}" to shut down`, probe },
    context,
    clock,
  );
  if (!isOff) logger.warn(`The guest did not shut down within ${stopTimeout / 1000} s: powering it off.`);
  return isOff;
}

/**
 * What the cloud says when it does not pass the request on to the guest: the task failed because the guest does not
 * listen to ACPI, or the state changed meanwhile. Everything else is thrown.
 */
export async function guestRefusal(ask: () => Promise<void>): Promise<OperationError | undefined> {
  try {
    await ask();
    return undefined;
  } catch (error) {
    if (hasCode(error, 'task-failed', 'unsupported', 'conflict', 'not-running')) return error;
    throw error;
  }
}
