import type { TaskRecord } from '../../core/task-engine.js';
import type { World } from '../../core/world.js';
import type { Call } from '../../http/route.js';
import { rejection } from '../message/error.js';
import type { Namespace } from '../versions.js';
import { derivedId } from '../message/derived-id.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * NTNX-Request-Id, which everything that changes something must have. Throws what a missing one (recorded-v4 B1) and one
 * that is no UUID (reference v4 2.2) are answered with.
 */
export function requestIdOf({ headers }: Call, namespace: Namespace): string {
  const given = headers['ntnx-request-id'];
  const id = typeof given === 'string' ? given : '';
  if (UUID.test(id)) return id.toLowerCase();
  const [word, number] = id === '' ? ['missing', 0] : ['invalid', 1];
  throw rejection({
    namespace,
    status: 400,
    // Only those of vmm are known.
    code: namespace === 'vmm' ? `VMM-3040${String(number)}` : `PLAT-1040${String(number)}`,
    group: `${namespace === 'vmm' ? 'VM_' : ''}${word.toUpperCase()}_REQUEST_ID_HEADER`,
    message: `Failed to perform the operation because of the ${word} request Id header.`,
  });
}

/**
 * Which task each request id has started. As long as an id is remembered, a request with it starts nothing and is
 * answered with that task, also when the task has failed and whatever the body says (recorded-v4 A1, C5, D2).
 */
export class RequestIds {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /**
   * The task of this request id: the first one's, or the one that `start` starts now, under the id that it is given.
   * To be called when nothing else can refuse the request any more.
   */
  once({ requestId }: { readonly requestId: string }, start: (taskUuid: string) => TaskRecord): string {
    const { store, time, behaviour } = this.#world;
    const known = store.requests.get(requestId);
    const now = time.now();
    if (known !== undefined && known.at + behaviour.requestMemory > now) return known.taskUuid;
    const { uuid } = start(this.#newTaskUuid(requestId));
    store.requests.put({ id: requestId, taskUuid: uuid, at: now });
    return uuid;
  }

  /** From now on every id is a new one. */
  forgetAll(): void {
    const { requests } = this.#world.store;
    for (const { id } of requests.toArray()) requests.delete(id);
  }

  /** The same for the same id, as long as no task is kept under it. */
  #newTaskUuid(requestId: string): string {
    // Recorded task ids are UUIDs of version 5, made from the request id (reference v4 2.2).
    const uuid = derivedId(requestId);
    return this.#world.tasks.get(uuid) === undefined ? uuid : this.#newTaskUuid(`${requestId} again`);
  }
}
