import { CloudInit } from '../cloudinit/index.js';
import type { GuestEvents } from '../../simulator/index.js';
import type { GuestSystem } from './guest-system.js';
import type { GuestFaults, GuestTimes } from './options.js';

/**
 * From power-on to `done`: network, cloud-init's early stages, services, cloud-init's final stage. Rejects
 * with the signal's reason when power goes meanwhile.
 */
export async function boot(
  system: GuestSystem,
  events: GuestEvents,
  times: GuestTimes,
  faults: GuestFaults,
): Promise<void> {
  const { clock, signal, fs } = system;
  await clock.sleep(times.boot, signal);
  if (faults.hangsAtBoot === true) return;
  system.hostname = fs.readText('/etc/hostname').trim();
  if (!mountLocal(system)) return;
  const cloudInit = new CloudInit(system);
  await cloudInit.early();
  if (faults.addressNotLearned !== true) void announce(system, events, times.learning);
  await system.services.startEnabled(faults.noSsh === true ? ['ssh.service'] : []);
  await clock.sleep(times.cloudInit, signal);
  if (faults.cloudInit === 'hangs') return;
  if (faults.cloudInit !== undefined) system.cloudInit.errors.push(faults.cloudInit.error);
  await cloudInit.late();
}

/** A file system of /etc/fstab that is missing, and is not `nofail`, leaves the guest in emergency mode. */
function mountLocal({ mounts, journal, logger, spec }: GuestSystem): boolean {
  const failed = mounts.mountAll();
  for (const { row, problem } of failed) journal.add('systemd', `Failed to mount ${row.target}: ${problem}`);
  const fatal = failed.find(({ row }) => !row.options.split(',').includes('nofail'));
  if (fatal === undefined) return true;
  logger.warn(
    `guest ${spec.name}: emergency mode, because ${fatal.row.source} cannot be mounted: ${fatal.problem}`,
  );
  return false;
}

/** The hypervisor sees the guest's first packets and tells Prism. */
async function announce(
  { clock, signal, network }: GuestSystem,
  events: GuestEvents,
  delay: number,
): Promise<void> {
  try {
    await clock.sleep(delay, signal);
  } catch {
    return; // Power went first.
  }
  for (const { nic, address } of network.interfaces) {
    if (nic.address === undefined) events.addressLearned(nic.uuid, address);
  }
}
