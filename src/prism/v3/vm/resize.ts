import type { CallContext, ComputeSize } from '../../../provider/index.js';
import type { V3Backend } from '../backend.js';
import { changeVm } from './change.js';
import { sizeFrom } from './size.js';

/** Sockets and memory can be added while the VM runs; Prism refuses all else until it is off. */
export async function resizeVm(
  backend: V3Backend,
  id: string,
  { sockets, coresPerSocket, memoryMiB }: ComputeSize,
  context: CallContext,
): Promise<void> {
  const change = {
    attempted: `change CPU and memory of VM ${id}`,
    isDone: ({ status }: { status?: { resources?: unknown } | undefined }): boolean => {
      const now = sizeFrom(status?.resources);
      return now.sockets === sockets && now.coresPerSocket === coresPerSocket && now.memoryMiB === memoryMiB;
    },
    resources: {
      num_sockets: sockets,
      num_vcpus_per_socket: coresPerSocket,
      memory_size_mib: memoryMiB,
    },
  };
  await changeVm(backend, id, change, context);
}
