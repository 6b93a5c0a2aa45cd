import type { Answer, Call } from '../../http/route.js';
import type { IntentInput } from '../schema/entity-bodies.js';
import type { EntityRecord } from '../../core/store/entity.js';
import type { World } from '../../core/world.js';
import { acceptWork, checkSpecVersion, intentAnswer } from './work.js';
import { checkOwnership, requestedCategories } from './ownership.js';

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
