import { holdTcp, probeTcp, type HeldConnection } from '../guest/index.js';
import type { CallContext, Vm, VmTrace } from '../provider/index.js';
import { chooseAddresses } from './address-choice.js';
import { GuestLocation, vanished } from './guest-location.js';
import type { HostDependencies } from './host-dependencies.js';
import type { AddressOptions, PowerOptions } from './lifecycle.js';
import { locate, refusalOf, startHost } from './power.js';
import { waitFor, type Look } from './waiting.js';

/** Asks the guest to restart, resets the VM when it has not within the time, and waits for its address. */
export async function restartHost(
  deps: HostDependencies,
  trace: VmTrace,
  options: AddressOptions & PowerOptions,
  context: CallContext,
): Promise<string> {
  const vm = await locate(deps, trace, context);
  if (vm.power !== 'on') {
    if (vm.power !== 'off') await deps.provider.powerOff(vm.id, context);
    return await startHost(deps, trace, options, context);
  }
  if (!(await rebootSoftly(deps, vm, options, context))) await deps.provider.reset(vm.id, context);
  const location = new GuestLocation(deps, { ...trace, vmId: vm.id }, { ...options, mustAnswer: false });
  return await location.wait(context);
}

/**
 * Resolves to true when the guest went down and came back. The cloud does not show that (power stays on, and
 * addresses learned before stay listed), so a silent connection to the SSH port is held open meanwhile: it
 * breaks when the guest goes down. A guest that has no open port to watch proves it by opening one.
 */
async function rebootSoftly(
  deps: HostDependencies,
  vm: Vm,
  options: AddressOptions & PowerOptions,
  context: CallContext,
): Promise<boolean> {
  const { provider, clock, logger } = deps;
  const { stopTimeout, addressNetwork, ssh } = options;
  const address = chooseAddresses(vm.nics, addressNetwork).usable[0]?.ip;
  const held = address === undefined ? undefined : await holdTcp(address, ssh.port, context.signal);
  try {
    const giveUpAt = clock.now() + stopTimeout;
    const refusal = await refusalOf(async () => await provider.requestReboot(vm.id, context));
    if (refusal !== undefined) {
      logger.warn(`${refusal.message} Resetting it instead.`);
      return false;
    }
    const look = rebootLook(deps, vm, options, held, context);
    const lookInTime = async (): Promise<Look<boolean>> => {
      const found = await look();
      return !found.ready && clock.now() >= giveUpAt ? { ready: true, value: false } : found;
    };
    const what = `the guest of VM "${vm.name}" to restart`;
    const restarted = await waitFor({ what, look: lookInTime }, context, clock);
    if (!restarted) logger.warn(`The guest did not restart within ${stopTimeout / 1000} s: resetting it.`);
    return restarted;
  } finally {
    held?.release();
  }
}

function rebootLook(
  { provider }: HostDependencies,
  vm: Vm,
  { addressNetwork, ssh: { port } }: AddressOptions,
  held: HeldConnection | undefined,
  context: CallContext,
): () => Promise<Look<boolean>> {
  let wentDown = held === undefined;
  return async () => {
    const now = await provider.find({ name: vm.name, vmId: vm.id }, context);
    if (now === undefined) throw vanished({ name: vm.name });
    const { usable } = chooseAddresses(now.nics, addressNetwork);
    const states = await Promise.all(usable.map(async ({ ip }) => await probeTcp(ip, port, context.signal)));
    // A port that refuses is no sign of life here: a guest that goes down does that too.
    const answers = states.includes('connected');
    wentDown ||= held?.lost === true || !answers;
    if (wentDown && answers) return { ready: true, value: true };
    return { ready: false, seen: wentDown ? 'it is down' : 'it still answers' };
  };
}
