import type { CallContext, Vm, VmTrace } from '../provider/index.js';
import { hasCode } from '../support/index.js';
import { GuestLocation, vanished } from './guest-location.js';
import type { HostDependencies } from './create-host.js';
import type { AddressOptions, PowerOptions } from './lifecycle.js';
import { waitFor } from './waiting.js';

export async function startHost(
  deps: HostDependencies,
  trace: VmTrace,
  options: AddressOptions,
  context: CallContext,
): Promise<string> {
  const { id } = await locate(deps, trace, context);
  await deps.provider.powerOn(id, context);
  return await currentAddress(deps, { ...trace, vmId: id }, options, context);
}

export async function stopHost(
  deps: HostDependencies,
  trace: VmTrace,
  { stopTimeout }: PowerOptions,
  context: CallContext,
): Promise<void> {
  const { provider, clock, logger } = deps;
  const vm = await locate(deps, trace, context);
  if (vm.power === 'off') return;
  const giveUpAt = clock.now() + stopTimeout;
  if (vm.power === 'on') {
    await askToShutDown(deps, vm, context);
    const look = async () => {
      const now = await provider.find({ ...trace, vmId: vm.id }, context);
      if (now === undefined || now.power === 'off') return { ready: true as const, value: 'off' };
      if (clock.now() >= giveUpAt) return { ready: true as const, value: 'on' };
      return { ready: false as const, seen: `the VM is ${now.power}` };
    };
    if ((await waitFor({ what: 'the guest to shut down', look }, context, clock)) === 'off') return;
    logger.warn(
      `The guest of ${trace.name} did not shut down within ${stopTimeout / 1000} s; powering it off.`,
    );
  }
  await provider.powerOff(vm.id, context);
}

export async function killHost(deps: HostDependencies, trace: VmTrace, context: CallContext): Promise<void> {
  const vm = await locate(deps, trace, context);
  if (vm.power !== 'off') await deps.provider.powerOff(vm.id, context);
}

export async function restartHost(
  deps: HostDependencies,
  trace: VmTrace,
  options: AddressOptions & PowerOptions,
  context: CallContext,
): Promise<string> {
  await stopHost(deps, trace, options, context);
  return await startHost(deps, trace, options, context);
}

async function askToShutDown(
  { provider, logger }: HostDependencies,
  vm: Vm,
  context: CallContext,
): Promise<void> {
  try {
    await provider.requestShutdown(vm.id, context);
  } catch (error) {
    if (!hasCode(error, 'task-failed', 'unsupported', 'conflict')) throw error;
    logger.warn(error.message);
  }
}

async function currentAddress(
  { provider, clock }: HostDependencies,
  trace: VmTrace,
  options: AddressOptions,
  context: CallContext,
): Promise<string> {
  const location = new GuestLocation(provider, clock, trace, { ...options, mustAnswer: false });
  const look = async () => await location.look(context);
  return await waitFor({ what: `an address of VM "${trace.name}"`, look }, context, clock);
}

async function locate({ provider }: HostDependencies, trace: VmTrace, context: CallContext): Promise<Vm> {
  const vm = await provider.find(trace, context);
  if (vm === undefined) throw vanished(trace);
  return vm;
}
