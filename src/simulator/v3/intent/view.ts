import type { EntityRecord, Reference } from '../../core/store/entity.js';
import type { World } from '../../core/world.js';
import { metadataView, statusExtras } from '../references.js';

/** What GET and lists show. */
export interface EntityView {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status: Readonly<Record<string, unknown>>;
}

interface Parts {
  /** What a client has said, in its words. */
  readonly resources: object;
  /** The same with what the server has filled in. */
  readonly filledIn: object;
  readonly cluster?: Reference | undefined;
}

/** An entity with a spec, and how far the server is with it. */
export function intentView(
  world: World,
  kind: string,
  record: EntityRecord,
  { resources, filledIn, cluster }: Parts,
): EntityView {
  const named = {
    name: record.name,
    ...(record.description === undefined ? {} : { description: record.description }),
    ...(cluster === undefined ? {} : { cluster_reference: cluster }),
  };
  return {
    metadata: metadataView(world, kind, record),
    spec: { ...named, resources },
    status: { ...named, state: record.state, resources: filledIn, ...statusExtras(record) },
  };
}
