import { isDeepStrictEqual } from 'node:util';
import type { Guest } from '../../guests/guest-backend.js';
import type { GuestSpec } from '../../guests/index.js';
import type { GuestFault } from '../faults/fault-rule.js';
import { Refusal } from '../refusal.js';
import type { VmRecord } from '../store/vm-record.js';
import type { World, Boot } from '../world.js';
import { guestDisks, showDisksToGuest } from './guest-disks.js';
import { placeOnHost, releaseGpus } from './placement.js';

/** The VM as its guest sees it. */
export function guestSpec(world: World, vm: VmRecord): GuestSpec {
  const { sockets, coresPerSocket, threadsPerCore, memoryMiB, nics, customization } = vm.config;
  return {
    vmUuid: vm.uuid,
    name: vm.name,
    userData: decode(customization?.cloudInit?.userData),
    metaData: decode(customization?.cloudInit?.metaData),
    memoryMiB,
    cpus: sockets * coresPerSocket * threadsPerCore,
    nics: nics.map((nic) => {
      const network = world.store.subnets.get(nic.subnet.uuid)?.network;
      return {
        uuid: nic.uuid,
        macAddress: nic.macAddress.toLowerCase(),
        address: nic.address,
        prefixLength: network?.prefixLength,
        subnetUuid: nic.subnet.uuid,
        gateway: network?.gateway,
      };
    }),
    disks: guestDisks(world, vm),
  };
}

function decode(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('utf8');
}

/** For power-ons that no request causes. */
export const NO_GUEST_FAULT: GuestFault = {
  ignoresAcpi: false,
  addressChange: undefined,
  linkLocalFirst: false,
};

/** Switches on; nothing happens to a VM that is on. Throws a Refusal when no host or guest can take it. */
export async function powerOn(world: World, vm: VmRecord, fault: GuestFault): Promise<void> {
  if (vm.power === 'ON') return;
  const host = placeOnHost(world, vm);
  const boot: Boot = { over: new AbortController() };
  world.boots.set(vm.uuid, boot);
  vm.hostUuid = host.uuid;
  if (fault.linkLocalFirst) {
    vm.config.nics.forEach(({ uuid }, index) => learn(vm, boot, uuid, `169.254.77.${String(index + 1)}`));
  }
  const spec = guestSpec(world, vm);
  try {
    boot.guest = await world.guests.powerOn(spec, {
      addressLearned: (nicUuid, ip) => learn(vm, boot, nicUuid, ip),
      poweredOff: () => markOff(world, vm, boot),
    });
  } catch (error) {
    markOff(world, vm, boot);
    throw error;
  }
  if (world.isClosing()) {
    await boot.guest.powerOff();
    return;
  }
  if (boot.over.signal.aborted) return;
  // A volume group may have grown meanwhile: that waits for no VM.
  if (!isDeepStrictEqual(spec.disks, guestDisks(world, vm))) await showDisksToGuest(world, vm);
  vm.power = 'ON';
  vm.config = { ...vm.config, power: 'ON' };
  void showAddresses(world, vm, boot, fault);
}

/** Hard power-off; nothing happens to a VM that is off. */
export async function powerOff(world: World, vm: VmRecord): Promise<void> {
  const boot = world.boots.get(vm.uuid);
  if (boot === undefined) return;
  await boot.guest?.powerOff();
  markOff(world, vm, boot);
}

/** Presses the ACPI button and does not wait. */
export function requestShutdown(world: World, vm: VmRecord): void {
  runningGuest(world, vm).requestShutdown();
}

export function requestReboot(world: World, vm: VmRecord): void {
  runningGuest(world, vm).requestReboot();
}

export async function reset(world: World, vm: VmRecord): Promise<void> {
  await runningGuest(world, vm).reset();
}

/** Waits until the running guest is off; a Refusal when it is not after the profile's time. */
export async function awaitShutdown(world: World, vm: VmRecord): Promise<void> {
  const boot = world.boots.get(vm.uuid);
  if (boot === undefined) return;
  if (!(await stillOn(world, boot, world.latency.shutdown))) return;
  const message = `VM ${vm.name} did not shut down in response to the ACPI signal`;
  throw new Refusal({ code: 'did-not-shut-down', vmUuid: vm.uuid, message });
}

function runningGuest(world: World, vm: VmRecord): Guest {
  const guest = world.boots.get(vm.uuid)?.guest;
  if (guest !== undefined) return guest;
  throw poweredOff(vm);
}

/** What only a running VM can do was asked of one that is off. */
export function poweredOff({ uuid, name }: VmRecord): Refusal {
  const message = `VM ${name} is not powered on`;
  return new Refusal({ code: 'powered-off', vmUuid: uuid, vmName: name, message });
}

function markOff(world: World, vm: VmRecord, boot: Boot): void {
  if (boot.over.signal.aborted) return;
  boot.over.abort();
  world.boots.delete(vm.uuid);
  vm.power = 'OFF';
  vm.config = { ...vm.config, power: 'OFF' };
  vm.hostUuid = undefined;
  vm.learned = {};
  releaseGpus(world, vm.uuid);
}

function learn(vm: VmRecord, boot: Boot, nicUuid: string, ip: string): void {
  if (boot.over.signal.aborted) return;
  const seen = (vm.learned[nicUuid] ??= []);
  if (!seen.includes(ip)) seen.push(ip);
}

/**
 * A guest that uses its reserved address is soon seen doing so: the address then stands there twice. A fault
 * rule may give its first NIC another one later.
 */
async function showAddresses(world: World, vm: VmRecord, boot: Boot, fault: GuestFault): Promise<void> {
  if (!(await stillOn(world, boot, world.latency.learn))) return;
  for (const { uuid, address, connected } of vm.config.nics) {
    if (address !== undefined && connected) learn(vm, boot, uuid, address);
  }
  const change = fault.addressChange;
  if (change === undefined || !(await stillOn(world, boot, change.after))) return;
  const [first] = vm.config.nics;
  if (first !== undefined) vm.learned[first.uuid] = [change.to];
}

/** Waits; false when the VM was switched off meanwhile. */
async function stillOn(world: World, boot: Boot, ms: number): Promise<boolean> {
  try {
    await world.time.sleep(ms, boot.over.signal);
    return true;
  } catch {
    return false;
  }
}
