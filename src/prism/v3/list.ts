import { z } from 'zod';
import type { V3Api, Attempt } from './api.js';
import { entity, nameOf, uuidOf, type Entity } from './envelope.js';
import { nameFilter } from './filter.js';
import { lenient } from './schema.js';

/** How the server lists each kind (reference 3). Page lengths are those that public clients use with success. */
const KINDS = {
  vm: { path: 'vms', nameAttribute: 'vm_name', pageLength: 500 },
  subnet: { path: 'subnets', nameAttribute: 'name', pageLength: 500 },
  image: { path: 'images', nameAttribute: 'name', pageLength: 500 },
  project: { path: 'projects', nameAttribute: 'name', pageLength: 250 },
  // These two answer with everything at once, whatever page is asked for.
  cluster: { path: 'clusters', nameAttribute: 'name', pageLength: undefined },
  host: { path: 'hosts', nameAttribute: 'name', pageLength: undefined },
} as const;

export type Kind = keyof typeof KINDS;

const page = z.looseObject({
  // One entity of another shape must not hide the rest of its page.
  entities: lenient(z.array(entity.catch({}))),
  metadata: lenient(z.looseObject({ total_matches: lenient(z.number()) })),
});

/** Where a kind's entities live, e.g. `vms`. */
export function pathOf(kind: Kind): string {
  return KINDS[kind].path;
}

/** Every entity of a kind that the account may see, without duplicates. */
export async function listAll(
  api: V3Api,
  kind: Kind,
  filter: string | undefined,
  attempt: Attempt,
): Promise<readonly Entity[]> {
  const { path, pageLength } = KINDS[kind];
  const found = new Map<string, Entity>();
  for (let offset = 0; ;) {
    const paging = pageLength === undefined ? {} : { offset, length: pageLength };
    const body = { kind, ...paging, ...(filter === undefined ? {} : { filter }) };
    const answer = await api.query(`${path}/list`, body, page, attempt);
    const entities = answer.entities ?? [];
    const before = found.size;
    for (const one of entities) found.set(uuidOf(one) ?? `unknown-${found.size}`, one);
    offset += entities.length;
    const total = answer.metadata?.total_matches ?? Number.POSITIVE_INFINITY;
    // Entities shift between pages and some servers repeat one page for ever: no progress is the end.
    const over = found.size === before || offset >= total;
    if (pageLength === undefined || over) return [...found.values()];
  }
}

/** All entities of exactly this name. */
export async function listNamed(
  api: V3Api,
  kind: Kind,
  name: string,
  attempt: Attempt,
): Promise<readonly Entity[]> {
  const filter = nameFilter(KINDS[kind].nameAttribute, name);
  const candidates = await listAll(api, kind, filter, attempt);
  return candidates.filter((candidate) => nameOf(candidate) === name);
}
