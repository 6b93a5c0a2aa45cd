import { Refusal } from '../../core/refusal.js';
import type { Collection } from '../../core/store/store.js';
import type { EntityRecord } from '../../core/store/entity.js';
import { ok, param, type Call, type Route } from '../../http/route.js';
import type { Attributes } from '../listing/filter.js';
import { listAnswer } from '../listing/page.js';
import type { ListDefinition } from '../listing/read-only.js';
import type { RequestBodies } from '../schema/request-bodies.js';
import type { V3World } from '../world.js';
import { acceptCreate, acceptUpdate } from './accept.js';
import type { EntityView } from './view.js';
import { acceptWork, deletionAnswer } from './work.js';

/** Definitions of the vendor's schema that are the bodies of POST and PUT. */
type IntentDefinition = 'image_intent_input' | 'project_intent_input' | 'subnet_intent_input';
type SpecOf<Definition extends IntentDefinition> = RequestBodies[Definition]['spec'];

/** An entity type with a spec, a state, and tasks that bring the one to the other. */
export interface IntentType<Made extends EntityRecord, Definition extends IntentDefinition> {
  readonly kind: string;
  readonly plural: string;
  /** Of the body of POST and PUT. */
  readonly definition: Definition;
  readonly listDefinition: ListDefinition;
  readonly collection: Collection<Made>;
  /** What may be filtered and sorted by. */
  readonly attributes: Attributes<Made>;
  view(record: Made): EntityView;
  /** The record that a POST begins with. */
  create(entity: EntityRecord, spec: SpecOf<Definition>): Made;
  /** The rest of the making; a Refusal fails the task, and nothing is left. */
  made?(record: Made): void;
  /** Replaces what only this type has; name, description and categories are the same for all. */
  update(record: Made, spec: SpecOf<Definition>): void;
  /** Throws a Refusal when it may not go. */
  remove(record: Made): void;
}

/** POST, list, GET, PUT and DELETE of an entity type. */
export function intentRoutes<Made extends EntityRecord, Definition extends IntentDefinition>(
  world: V3World,
  type: IntentType<Made, Definition>,
): Route[] {
  const { kind, plural, definition, collection } = type;
  const input = (call: Call): RequestBodies[Definition] => world.validator.check(definition, call.body, kind);
  const existing = (call: Call): Made => existingIn(collection, kind, call);
  return [
    {
      method: 'POST',
      path: `/${plural}`,
      kind,
      handle: (call) => {
        const body = input(call);
        return acceptCreate(world, call, {
          kind,
          input: body,
          collection,
          record: (entity) => type.create(entity, body.spec),
          run: (record) => type.made?.(record),
        });
      },
    },
    {
      method: 'POST',
      path: `/${plural}/list`,
      kind,
      handle: (call) => {
        const list = world.validator.check(type.listDefinition, call.body, kind);
        const records = call.user.role === 'viewer' ? [] : collection;
        const { attributes } = type;
        return ok(listAnswer({ kind, records, attributes, view: (record) => type.view(record) }, list));
      },
    },
    {
      method: 'GET',
      path: `/${plural}/:uuid`,
      kind,
      handle: (call) => ok({ api_version: '3.1', ...type.view(existing(call)) }),
    },
    {
      method: 'PUT',
      path: `/${plural}/:uuid`,
      kind,
      handle: (call) => {
        const record = existing(call);
        const { metadata, spec } = input(call);
        return acceptUpdate(world, call, {
          kind,
          metadata,
          spec,
          record,
          run: () => type.update(record, spec),
        });
      },
    },
    {
      method: 'DELETE',
      path: `/${plural}/:uuid`,
      kind,
      handle: (call) => {
        const record = existing(call);
        const run = (): void => {
          type.remove(record);
          collection.delete(record.uuid);
        };
        return deletionAnswer(kind, acceptWork(world, call, { kind, operation: 'delete', record, run }));
      },
    },
  ];
}

/** The entity that the path names. Throws the Refusal of one that is not there. */
export function existingIn<Made>(collection: Collection<Made>, kind: string, call: Call): Made {
  const uuid = param(call, 'uuid');
  const record = collection.get(uuid);
  if (record === undefined) throw Refusal.notFound(kind, uuid);
  return record;
}
