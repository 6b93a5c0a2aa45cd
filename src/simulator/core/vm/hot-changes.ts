import { Refusal } from '../refusal.js';
import type { VmRecord } from '../store/vm-record.js';
import type { VmOptions } from './options.js';

/** Adapters to which nothing can be added while the VM runs. */
const COLD_ADAPTERS = ['IDE', 'SATA', 'PCI'];

/** Refuses what can only be done to a VM that is off. Sockets and memory may grow in a running one. */
export function checkHotChanges(vm: VmRecord, options: VmOptions): void {
  if (vm.power === 'OFF' || options.power === 'OFF') return;
  const before = vm.config;
  const { sockets = 1, coresPerSocket = 1, threadsPerCore = 1, memoryMiB = 1024 } = options;
  if (sockets < before.sockets || memoryMiB < before.memoryMiB) throw refusal(vm, 'shrink CPU or memory');
  if (coresPerSocket !== before.coresPerSocket || threadsPerCore !== before.threadsPerCore) {
    throw refusal(vm, 'change cores or threads');
  }
  if (options.gpus.length !== before.gpus.length) throw refusal(vm, 'change GPUs');
  const known = new Set(before.disks.map((disk) => disk.uuid));
  for (const disk of options.disks) {
    const adapter = disk.address?.adapter ?? 'SCSI';
    if (!known.has(disk.uuid ?? '') && COLD_ADAPTERS.includes(adapter))
      throw refusal(vm, `add ${adapter} disks`);
  }
}

function refusal({ uuid }: VmRecord, change: string): Refusal {
  const message = `cannot ${change} while the VM is powered on`;
  return new Refusal({ code: 'needs-power-off', vmUuid: uuid, change, message });
}
