import type { CallContext, ComputeSize } from '../../../provider/index.js';
import { isOfSize } from '../../shared/index.js';
import type { V3Backend } from '../backend.js';
import type { Entity } from '../envelope.js';
import { changeVm } from './change.js';
import { sizeFrom } from './size.js';

/** Sockets and memory can be added while the VM runs; Prism refuses all else until it is off. */
export async function resizeVm(
  backend: V3Backend,
  id: string,
  size: ComputeSize,
  context: CallContext,
): Promise<void> {
  const resources = {
    num_sockets: size.sockets,
    num_vcpus_per_socket: size.coresPerSocket,
    memory_size_mib: size.memoryMiB,
  };
  const isDone = ({ status }: Entity): boolean => isOfSize(sizeFrom(status?.resources), size);
  await changeVm(backend, id, { attempted: `change CPU and memory of VM ${id}`, isDone, resources }, context);
}
