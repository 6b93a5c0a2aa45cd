import type { CallContext } from '../../../provider/index.js';
import type { V4Backend } from '../backend.js';
import { changeEntity, type ChangeEnd, type EntityChange } from '../change.js';
import { getVm, type ReadVm, type V4Vm } from './vm.js';

export interface Change extends Pick<EntityChange<ReadVm>, 'attempted' | 'limitMs' | 'isFresh'> {
  /** True when nothing needs to be done (any more). */
  readonly isDone: (vm: V4Vm) => boolean;
  /** What is sent, with the ETag of the VM that was just read. */
  readonly request: (read: ReadVm) => {
    readonly method: 'POST' | 'PUT';
    readonly path: string;
    readonly body?: unknown;
  };
}

/** Reads the VM, changes it, waits for the task; see `changeEntity`. */
export async function changeVm(
  backend: V4Backend,
  id: string,
  { isDone, request, ...change }: Change,
  context: CallContext,
): Promise<ChangeEnd> {
  const ofVm: EntityChange<ReadVm> = {
    ...change,
    entity: 'the VM',
    read: async () => await getVm(backend, id, change.attempted, context),
    isDone: ({ vm }) => isDone(vm),
    request: (read) => ({ ...request(read), namespace: 'vmm', ifMatch: read.etag }),
  };
  return await changeEntity(backend, ofVm, context);
}
