import type { CallContext, ComputeSize } from '../../../provider/index.js';
import type { V4Backend } from '../backend.js';
import { changeVm } from './change.js';
import { sizeOf } from './view.js';
import { vmPath } from './vm.js';

const BYTES_PER_MIB = 1024 ** 2;

/**
 * The whole VM goes back as it was read, with other numbers. Sockets and memory can be added while it runs; Prism
 * refuses all else until it is off (reference v4 3.7).
 */
export async function resizeVm(
  backend: V4Backend,
  id: string,
  { sockets, coresPerSocket, memoryMiB }: ComputeSize,
  context: CallContext,
): Promise<void> {
  const change = {
    attempted: `change CPU and memory of VM ${id}`,
    isDone: (vm: Parameters<typeof sizeOf>[0]): boolean => {
      const now = sizeOf(vm);
      return now.sockets === sockets && now.coresPerSocket === coresPerSocket && now.memoryMiB === memoryMiB;
    },
    request: ({ raw }: { readonly raw: object }) => {
      const body = {
        ...raw,
        numSockets: sockets,
        numCoresPerSocket: coresPerSocket,
        memorySizeBytes: memoryMiB * BYTES_PER_MIB,
      };
      return { method: 'PUT', path: vmPath(id), body } as const;
    },
  };
  await changeVm(backend, id, change, context);
}
