import { createHash } from 'node:crypto';
import type { Store } from '../../core/store/store.js';

const MEDIA_TYPE = base64('application/json');
/** The second number of every recorded one (2 to the 64th, less 1). */
const UNKNOWN = '18446744073709551615';

/** An ETag in the form of clusters: a digest of what the entity says (recorded-v4 other/clustermgmt-get-cluster). */
export function digestTag(content: object): string {
  return `${MEDIA_TYPE}:${digestOf(content)}`;
}

/** ETags in the form of VMs: a number that grows with every change (recorded-v4 A1). */
export class EntityTags {
  readonly #counts: Store['changeCounts'];

  constructor({ changeCounts }: Store) {
    this.#counts = changeCounts;
  }

  /** `content`: all that a change of the entity can change. */
  of(uuid: string, content: object): string {
    const digest = digestOf(content);
    const before = this.#counts.get(uuid);
    const count = before?.digest === digest ? before.count : (before?.count ?? 0) + 1;
    if (before?.count !== count) this.#counts.put({ uuid, digest, count });
    return `${MEDIA_TYPE}:${base64(`${String(count)},${UNKNOWN}`)}`;
  }
}

function digestOf(content: object): string {
  return createHash('sha256').update(JSON.stringify(content, inOrder)).digest('hex');
}

/** A record that was saved and loaded has its members in another order. */
function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
