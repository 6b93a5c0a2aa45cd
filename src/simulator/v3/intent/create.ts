import { randomUUID } from 'node:crypto';
import type { Answer, Call } from '../../http/route.js';
import type { IntentInput } from '../schema/entity-bodies.js';
import type { Collection } from '../../core/store/collection.js';
import type { EntityRecord } from '../../core/store/entity.js';
import type { World } from '../../core/world.js';
import { acceptWork, intentAnswer } from './work.js';
import { checkOwnership, newEntity } from './ownership.js';
import { checkReservedUuid, consumeReservedUuid, uuidInUse } from '../idempotence/reservations.js';

export interface IntentCreate<Input extends IntentInput<unknown>, Made extends EntityRecord> {
  readonly kind: string;
  readonly input: Input;
  /** What the answer repeats; the input's spec unless the request had another form. */
  readonly answeredSpec?: unknown;
  readonly collection: Collection<Made>;
  record(entity: EntityRecord): Made;
  /** The rest of the making; a Refusal fails the task, and nothing is left. */
  run(record: Made): void;
}

/** POST of an image, a subnet or a project, with a UUID of the server's or a reserved one. */
export function acceptCreate<Input extends IntentInput<unknown>, Made extends EntityRecord>(
  world: World,
  call: Call,
  create: IntentCreate<Input, Made>,
): Answer {
  const { kind, input, collection, answeredSpec = input.spec } = create;
  const chosen = input.metadata.uuid;
  const existing = chosen === undefined ? undefined : collection.get(chosen);
  if (existing !== undefined) {
    if (world.behaviour.repeatedCreate === 'fail') throw uuidInUse(existing.uuid, kind);
    return intentAnswer(kind, existing.uuid, answeredSpec, existing.createTask ?? '');
  }
  const record = create.record(newEntity(world, chosen ?? randomUUID(), input, call));
  const task = acceptWork(world, call, {
    kind,
    operation: 'create',
    record,
    judge: () => {
      if (chosen !== undefined) checkReservedUuid(world, chosen, kind);
      checkOwnership(world, input.metadata);
    },
    run: () => {
      create.run(record);
      consumeReservedUuid(world, record.uuid);
    },
    onFailure: () => collection.delete(record.uuid),
  });
  record.createTask = task;
  collection.put(record);
  return intentAnswer(kind, record.uuid, answeredSpec, task);
}
