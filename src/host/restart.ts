import { holdTcp } from '../guest/index.js';
import type { CallContext, VmIdentity } from '../provider/index.js';
import { AddressDiscovery } from './address-discovery.js';
import type { HostDependencies } from './host-spec.js';
import type { AddressOptions } from './address-choice.js';
import { locate, guestRefusal, startHost, type PowerOptions } from './power.js';
import { RestartWatch } from './restart-watch.js';
import { waitFor, type ProbeResult } from './waiting.js';

/** Asks the guest to restart (ACPI), resets the VM when the time-out expires, and waits for its address. */
export async function restartHost(
  deps: HostDependencies,
  identity: VmIdentity,
  options: AddressOptions & PowerOptions,
  context: CallContext,
): Promise<string> {
  const vm = await locate(deps, identity, context);
  if (vm.power !== 'on') {
    if (vm.power !== 'off') await deps.provider.powerOff(vm.id, context);
    return await startHost(deps, identity, options, context);
  }
  const watch = new RestartWatch(deps, vm, options);
  const backAt = await rebootSoftly(deps, vm, watch, options, context);
  if (backAt === undefined) await deps.provider.reset(vm.id, context);
  const knownAddress = backAt ?? options.knownAddress;
  const location = new AddressDiscovery(
    deps,
    { ...identity, vmId: vm.id },
    { ...options, knownAddress, mustAnswer: false },
  );
  return await location.wait(context);
}

/**
 * Resolves to the address at which the guest answers after it went down and came back, or to undefined when it
 * did not. The cloud does not show that (power stays on, and addresses learned before stay listed), so a silent
 * connection to the SSH port is held open meanwhile: it breaks when the guest goes down. A guest that has no
 * open port to watch proves it by opening one.
 */
async function rebootSoftly(
  { provider, clock, logger }: HostDependencies,
  vm: { readonly id: string; readonly name: string },
  watch: RestartWatch,
  { stopTimeout, ssh }: AddressOptions & PowerOptions,
  context: CallContext,
): Promise<string | undefined> {
  const address = await watch.address(context);
  const held = address === undefined ? undefined : await holdTcp(address, ssh.port, context.signal);
  try {
    const giveUpAt = clock.now() + stopTimeout;
    const refusal = await guestRefusal(async () => await provider.requestReboot(vm.id, context));
    if (refusal !== undefined) {
      logger.warn(`${refusal.message} Resetting it instead.`);
      return undefined;
    }
    const probe = async (): Promise<ProbeResult<string | undefined>> => {
      const found = await watch.probe(held, context);
      if (found.ready || clock.now() < giveUpAt) return found;
      return { ready: true, value: await watch.elsewhere(context) };
    };
    const what = `the guest of VM "${vm.name}" to restart`;
    const backAt = await waitFor({ what, probe }, context, clock);
    if (backAt === undefined) {
      logger.warn(`The guest did not restart within ${stopTimeout / 1000} s: resetting it.`);
    }
    return backAt;
  } finally {
    held?.release();
  }
}
