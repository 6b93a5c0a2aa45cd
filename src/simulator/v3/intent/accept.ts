import { randomUUID } from 'node:crypto';
import type { EntityRecord } from '../../core/store/entity.js';
import type { Collection } from '../../core/store/store.js';
import type { World } from '../../core/world.js';
import type { Answer, Call } from '../../http/route.js';
import { checkReservedUuid, consumeReservedUuid, uuidInUse } from '../idempotence.js';
import type { IntentInput } from '../schema/entity-bodies.js';
import { checkOwnership, newEntity, requestedCategories } from './ownership.js';
import { acceptWork, intentAnswer, checkSpecVersion } from './work.js';

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

export interface IntentUpdate {
  readonly kind: string;
  readonly metadata: IntentInput<unknown>['metadata'];
  readonly spec: Pick<IntentInput<unknown>['spec'], 'name' | 'description'>;
  /** What the answer repeats; the spec unless the request had another form. */
  readonly answeredSpec?: unknown;
  readonly record: EntityRecord;
  /** Replaces what only this entity type has. */
  run(): void;
}

/** PUT of an image, a subnet or a project: spec, categories and project are replaced. */
export function acceptUpdate(world: World, call: Call, update: IntentUpdate): Answer {
  const { kind, record, metadata, spec, answeredSpec = spec } = update;
  const task = acceptWork(world, call, {
    kind,
    operation: 'update',
    record,
    judge: () => {
      checkSpecVersion(world, kind, record, metadata.spec_version);
      checkOwnership(world, metadata);
    },
    run: () => {
      record.name = spec.name;
      record.description = spec.description;
      update.run();
      record.categories = requestedCategories(metadata);
      record.usesCategoriesMapping = metadata.use_categories_mapping === true;
      record.projectUuid = metadata.project_reference?.uuid ?? record.projectUuid;
    },
  });
  return intentAnswer(kind, record.uuid, answeredSpec, task);
}
