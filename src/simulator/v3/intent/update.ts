import type { Answer, Call } from '../../http/route.js';
import type { IntentInput } from '../schema/entity-bodies.js';
import type { EntityRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';
import { acceptWork, checkSpecVersion, intentAnswer } from './work.js';
import { checkOwnership, requestedCategories } from './ownership.js';

export interface IntentUpdate {
  readonly kind: string;
  readonly input: Pick<IntentInput<unknown>, 'metadata'>;
  /** Given back in the answer as it was sent. */
  readonly spec: unknown;
  readonly record: EntityRecord;
  /** Name and description, and what only this kind has. */
  run(): void;
}

/** PUT of an image, a subnet or a project: spec, categories and project are replaced. */
export function acceptUpdate(world: World, call: Call, update: IntentUpdate): Answer {
  const { kind, record, input } = update;
  const { metadata } = input;
  const task = acceptWork(world, call, {
    kind,
    operation: 'update',
    record,
    judge: () => {
      checkSpecVersion(world, kind, record, metadata.spec_version);
      checkOwnership(world, metadata);
    },
    run: () => {
      update.run();
      record.categories = requestedCategories(metadata);
      record.usesCategoriesMapping = metadata.use_categories_mapping === true;
      record.projectUuid = metadata.project_reference?.uuid ?? record.projectUuid;
    },
  });
  return intentAnswer(kind, record.uuid, update.spec, task);
}
