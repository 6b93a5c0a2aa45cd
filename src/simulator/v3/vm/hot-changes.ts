import { Refusal } from '../../core/refusal.js';
import type { VmResourcesInput } from './bodies.js';
import type { VmRecord } from '../../core/store/records.js';

/** Adapters to which nothing can be added while the VM runs. */
const COLD_ADAPTERS = ['IDE', 'SATA', 'PCI'];

/** Refuses what can only be done to a VM that is off. Sockets and memory may grow in a running one. */
export function checkHotChanges(vm: VmRecord, input: VmResourcesInput): void {
  if (vm.power === 'OFF' || input.power_state === 'OFF') return;
  const before = vm.resources;
  const sockets = input.num_sockets ?? 1;
  const memory = input.memory_size_mib ?? 1024;
  if (sockets < before.num_sockets || memory < before.memory_size_mib) throw refusal('shrink CPU or memory');
  if (
    (input.num_vcpus_per_socket ?? 1) !== before.num_vcpus_per_socket ||
    (input.num_threads_per_core ?? 1) !== before.num_threads_per_core
  ) {
    throw refusal('change cores or threads');
  }
  if ((input.gpu_list ?? []).length !== before.gpu_list.length) throw refusal('change GPUs');
  const known = new Set(before.disk_list.map((disk) => disk.uuid));
  for (const disk of input.disk_list ?? []) {
    const adapter = disk.device_properties?.disk_address?.adapter_type ?? 'SCSI';
    if (!known.has(disk.uuid ?? '') && COLD_ADAPTERS.includes(adapter)) throw refusal(`add ${adapter} disks`);
  }
}

function refusal(what: string): Refusal {
  const message = `InvalidVmState: cannot ${what} while the VM is powered on`;
  return new Refusal({ status: 500, reason: 'INTERNAL_ERROR', message });
}
