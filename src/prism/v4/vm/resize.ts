import type { CallContext, ComputeSize } from '../../../provider/index.js';
import { isOfSize } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';
import type { ReadEntity } from '../read-entity.js';
import { changeVm } from './change.js';
import { sizeOf } from './view.js';
import { type V4Vm, vmPath } from './vm.js';

const BYTES_PER_MIB = 1024 ** 2;

/**
 * The whole VM goes back as it was read, with other numbers. Sockets and memory can be added while it runs; Prism
 * refuses all else until it is off (reference v4 3.7).
 */
export async function resizeVm(
  backend: V4Backend,
  id: string,
  size: ComputeSize,
  context: CallContext,
): Promise<void> {
  const numbers = {
    numSockets: size.sockets,
    numCoresPerSocket: size.coresPerSocket,
    memorySizeBytes: size.memoryMiB * BYTES_PER_MIB,
  };
  const request = ({ raw }: Pick<ReadEntity<V4Vm>, 'raw'>) =>
    ({ method: 'PUT', path: vmPath(id), body: { ...raw, ...numbers } }) as const;
  const isDone = (vm: V4Vm): boolean => isOfSize(sizeOf(vm), size);
  await changeVm(backend, id, { attempted: `change CPU and memory of VM ${id}`, isDone, request }, context);
}
