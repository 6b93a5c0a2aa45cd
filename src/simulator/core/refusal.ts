import { z } from 'zod';

/** In plain words of no interface, for logs, the page, and interfaces that have no better ones. */
const message = z.string();
/** The core's word for an entity type, e.g. `vm`, `image`, `subnet`, `cluster`, `storage_container`. */
const entityType = z.string();
const id = z.string();
const name = z.string();

/** A rule of volumes that a request breaks. */
const volumeRule = z.enum([
  'VOLUME_DISK_DATA_SOURCE_MISSING',
  'VOLUME_DISK_SIZE_INVALID',
  'VOLUME_DISK_INDEX_IN_USE',
  'VOLUME_DISK_INDEX_IMMUTABLE',
  'VOLUME_GROUP_ATTACHED',
  'VOLUME_GROUP_NOT_ATTACHED',
  'VOLUME_GROUP_NOT_SHARED',
  'VOLUME_GROUP_LOAD_BALANCED',
  'VOLUME_GROUP_CLUSTER_MISMATCH',
  'SCSI_INDEX_IN_USE',
  'STORAGE_CONTAINER_FULL',
  'INVALID_ARGUMENT',
]);

/**
 * Why the simulated server refuses: a closed set of codes, each with the facts that an interface words it from. Plain
 * JSON: a failed task and an entity whose last work failed keep it.
 */
export const refusalShape = z.discriminatedUnion('code', [
  // Of a request.
  z.object({ code: z.literal('unauthenticated'), message }),
  z.object({ code: z.literal('forbidden'), method: z.string(), path: z.string(), message }),
  z.object({ code: z.literal('rate-limited'), message }),
  /** The body is no JSON that is taken. */
  z.object({ code: z.literal('malformed-body'), message }),
  z.object({ code: z.literal('unsupported-media-type'), message }),
  /** What the HTTP server itself refuses, with its status. */
  z.object({ code: z.literal('bad-request'), status: z.int(), message }),
  /** An answer that a fault rule asks for by its status alone. */
  z.object({ code: z.literal('injected-answer'), status: z.int(), message }),
  /** An option of a list, such as its filter, cannot be taken. */
  z.object({ code: z.literal('bad-query'), option: z.string(), message }),
  // Of an entity. A category is named by its key, a value of it (`category_value`) as KEY:VALUE.
  z.object({ code: z.literal('not-found'), entityType, id, message }),
  z.object({ code: z.literal('already-exists'), entityType, id, message }),
  /** It cannot be deleted, because of others that need it. */
  z.object({ code: z.literal('in-use'), entityType, id, message }),
  z.object({ code: z.literal('not-ready'), entityType, id, name, message }),
  /** The change was made from another state than the present one; the two when they were compared. */
  z.object({
    code: z.literal('edit-conflict'),
    entityType,
    compared: z.object({ sent: z.string(), current: z.string() }).optional(),
    message,
  }),
  // Of a VM and what it asks for.
  z.object({ code: z.literal('not-on-cluster'), entityType, id, name, clusterUuid: z.string(), message }),
  /** The cluster is the one of Prism Central itself, which runs no VMs of users. */
  z.object({ code: z.literal('runs-no-vms'), clusterUuid: z.string(), message }),
  z.object({ code: z.literal('outside-project'), entityType, id, project: name, message }),
  z.object({ code: z.literal('no-resources'), lacking: z.enum(['memory', 'gpus']), message }),
  z.object({ code: z.literal('address-not-managed'), subnetUuid: z.string(), message }),
  z.object({ code: z.literal('address-outside'), subnetUuid: z.string(), address: z.string(), message }),
  z.object({ code: z.literal('address-in-use'), subnetUuid: z.string(), address: z.string(), message }),
  z.object({ code: z.literal('no-free-address'), subnetUuid: z.string(), message }),
  z.object({
    code: z.literal('disk-shrinks'),
    adapter: z.string(),
    index: z.int(),
    vmName: z.string(),
    message,
  }),
  /** `change`: what can only be done to a VM that is off, e.g. `change GPUs`. */
  z.object({ code: z.literal('needs-power-off'), vmUuid: z.string(), change: z.string(), message }),
  z.object({ code: z.literal('powered-off'), vmUuid: z.string(), vmName: z.string(), message }),
  z.object({ code: z.literal('did-not-shut-down'), vmUuid: z.string(), message }),
  z.object({ code: z.literal('no-guest-tools'), vmUuid: z.string(), message }),
  z.object({ code: z.literal('has-volume-groups'), vmUuid: z.string(), message }),
  z.object({ code: z.literal('volume-rule'), rule: volumeRule, message }),
  // Of a task.
  z.object({ code: z.literal('aborted'), message }),
  /** What a fault rule makes a task fail with; `errorCode` as the rule has it. */
  z.object({ code: z.literal('injected-failure'), errorCode: z.string(), message }),
  /** A fault of the simulator's own. */
  z.object({ code: z.literal('internal'), message }),
  /** A rule of one interface only. `words` are that interface's, by its name; another one tells `message`. */
  z.object({ code: z.literal('interface-rule'), words: z.record(z.string(), z.unknown()), message }),
]);

export type RefusalFacts = z.infer<typeof refusalShape>;
export type VolumeRule = z.infer<typeof volumeRule>;
export type RefusalCode = RefusalFacts['code'];

/**
 * The simulated server refuses: thrown where that is found out. An API turns it into its error body, a task into its
 * failure. It is something that a client is told, not a fault of the simulator, and never leaves src/simulator.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly facts: RefusalFacts;

  constructor(facts: RefusalFacts) {
    super(facts.message);
    this.facts = facts;
  }

  static notFound(type: string, uuid: string): Refusal {
    const text = `${type} ${uuid} does not exist`;
    return new Refusal({ code: 'not-found', entityType: type, id: uuid, message: text });
  }

  static unauthenticated(): Refusal {
    return new Refusal({ code: 'unauthenticated', message: 'Authentication required.' });
  }

  static forbidden(method: string, path: string): Refusal {
    return new Refusal({ code: 'forbidden', method, path, message: `no permission for ${method} ${path}` });
  }

  /** What a task fails with when its work ends in `error`. */
  static from(error: unknown): Refusal {
    if (error instanceof Refusal) return error;
    return new Refusal({ code: 'internal', message: error instanceof Error ? error.message : String(error) });
  }
}
