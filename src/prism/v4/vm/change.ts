import type { CallContext } from '../../../provider/index.js';
import type { V4Backend } from '../backend.js';
import { changeEntity, type ChangeEnd, type EntityChange } from '../change.js';
import { readEntity, type ReadEntity } from '../read-entity.js';
import { type V4Vm, vmAt } from './vm.js';

export interface Change extends Pick<EntityChange<ReadEntity<V4Vm>>, 'attempted' | 'limitMs' | 'isFresh'> {
  /** True when nothing needs to be done (any more). */
  readonly isDone: (vm: V4Vm) => boolean;
  /** What is sent, with the ETag of the VM that was just read. */
  readonly request: (read: ReadEntity<V4Vm>) => {
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
  const ofVm: EntityChange<ReadEntity<V4Vm>> = {
    ...change,
    entity: 'the VM',
    read: async () => await readEntity(backend, vmAt(id), change.attempted, context),
    isDone: ({ entity }) => isDone(entity),
    request: (read) => ({ ...request(read), namespace: 'vmm', ifMatch: read.etag }),
  };
  return await changeEntity(backend, ofVm, context);
}
