import { z } from 'zod';
import type { Attempt } from '../shared/index.js';
import type { V3Api } from './api.js';
import { entity, entityName, entityUuid, type Entity } from './envelope.js';
import { lenient, maybe } from '../shared/index.js';

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
  metadata: lenient(z.looseObject({ total_matches: maybe.number })),
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
    const request = { method: 'POST', path: `${path}/list`, body, answer: page, repeatable: true } as const;
    const answer = await api.send(request, attempt);
    const entities = answer.entities ?? [];
    const before = found.size;
    for (const one of entities) found.set(entityUuid(one) ?? `unknown-${found.size}`, one);
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
  return candidates.filter((candidate) => entityName(candidate) === name);
}

/** Names that no server version misreads in a filter (reference 3.3). */
const SAFE = /^[A-Za-z0-9._\- ]+$/;

/**
 * The FIQL filter for an exact name, or undefined when the name holds characters with which filters break
 * (`,` and `;` mean OR and AND, `( ) |` fail even when encoded): then the list has to be read unfiltered.
 * Either way the answer must be compared with the name again.
 */
export function nameFilter(attribute: string, name: string): string | undefined {
  // Of the safe characters only the blank is changed; the server decodes it.
  return SAFE.test(name) && name.trim() === name ? `${attribute}==${encodeURIComponent(name)}` : undefined;
}

/** The filter for VMs whose names begin with a text, or undefined where filters would break, as with `nameFilter`. */
export function beginningFilter(beginning: string): string | undefined {
  // A point of the text is none of the pattern.
  return nameFilter(KINDS.vm.nameAttribute, beginning)?.replaceAll('.', '%2E').concat('.*');
}

/** Names in one filter, so that requests stay of an ordinary size. */
const NAMES = 100;

/** Filters for VMs with any of these names; names with which filters break are left out. */
export function namesFilter(names: readonly string[]): readonly string[] {
  const parts = [...new Set(names)].flatMap((name) => nameFilter(KINDS.vm.nameAttribute, name) ?? []);
  return Array.from({ length: Math.ceil(parts.length / NAMES) }, (_, index) =>
    parts.slice(index * NAMES, (index + 1) * NAMES).join(','),
  );
}
