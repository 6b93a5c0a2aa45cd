import type { Answer } from '../../http/route.js';
import { isFrom } from '../../core/pc-version.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';
import { sent, sentEach, typed } from './typed.js';

type Links = readonly { readonly href: string; readonly rel: string }[];

export interface EntityAnswer {
  /** Of the whole answer, e.g. `vmm.v4.ahv.config.GetVmApiResponse`. */
  readonly type: string;
  /** The entity, its objects made by `typed`. */
  readonly data: Record<string, unknown>;
  /** Paths below the request's own; the last segment of each is its `rel`. */
  readonly links?: readonly string[] | undefined;
  /** For the header ETag. */
  readonly tag?: string | undefined;
  /** Meaningless on one entity, but some entity types have it (0 on a task). */
  readonly total?: number | undefined;
  /** 200 when absent. */
  readonly status?: number;
}

/** One entity. Source: recorded-v4 A1. */
export function entityAnswer(world: V4World, call: V4Call, answer: EntityAnswer): Answer {
  const { type, data, links = [], tag, total, status = 200 } = answer;
  const self = `${call.origin}${withoutQuery(call.path)}`;
  const below = links.map((path) => ({ href: `${self}/${path}`, rel: path.split('/').at(-1) ?? path }));
  return {
    status,
    body: {
      data: sent(data),
      ...typed(world.served, type, {}),
      metadata: metadataOf(world, {
        paginated: false,
        links: [{ href: self, rel: 'self' }, ...below],
        total,
      }),
    },
    headers: tag === undefined ? undefined : { Etag: tag },
  };
}

export interface ListAnswer {
  /** Of the whole answer, e.g. `vmm.v4.ahv.config.ListVmsApiResponse`. */
  readonly type: string;
  /** Those on this page. */
  readonly items: readonly Record<string, unknown>[];
  /** On all pages. */
  readonly total: number;
  /** From 0. */
  readonly page: number;
  readonly limit: number;
}

/** A page of a list; without `data` when nothing is on it. Source: recorded-v4 other/, reference v4 2.6. */
export function listAnswer(world: V4World, call: V4Call, answer: ListAnswer): Answer {
  const { type, items, total, page, limit } = answer;
  const last = Math.max(0, Math.ceil(total / limit) - 1);
  const links = [
    { rel: 'first', page: 0 },
    { rel: 'self', page },
    ...(page > 0 ? [{ rel: 'prev', page: Math.min(page - 1, last) }] : []),
    ...(page < last ? [{ rel: 'next', page: page + 1 }] : []),
    { rel: 'last', page: last },
  ].map((link) => ({ href: pageOf(call, link.page, limit), rel: link.rel }));
  return {
    status: 200,
    body: {
      ...(items.length === 0 ? {} : { data: sentEach(items) }),
      ...typed(world.served, type, {}),
      metadata: metadataOf(world, { paginated: true, links, total }),
    },
  };
}

/**
 * 202: what was asked for is a task now. The id of the entity is only in that task.
 * `type`: of the whole answer, e.g. `vmm.v4.ahv.config.CreateVmApiResponse`. Source: recorded-v4 A1.
 */
export function taskAnswer({ served }: V4World, type: string, taskUuid: string): Answer {
  const data = typed(served, 'prism.v4.config.TaskReference', { extId: taskExtId(taskUuid) });
  return { status: 202, body: { data, ...typed(served, type, {}) } };
}

/** The word "ergon" in base64: tasks of other services would have another one. */
const TASK_PREFIX = 'ZXJnb24=:';

/** A task's id in this API. */
export function taskExtId(uuid: string): string {
  return `${TASK_PREFIX}${uuid}`;
}

/** undefined for what has not the form of a task's id, e.g. a bare UUID. */
export function taskUuidOf(extId: string): string | undefined {
  const uuid = extId.slice(TASK_PREFIX.length);
  return extId.startsWith(TASK_PREFIX) && UUID.test(uuid) ? uuid : undefined;
}

/** Not the form of RFC 9562: ids of VMs have other variants. */
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

interface Metadata {
  readonly paginated: boolean;
  readonly links: Links;
  readonly total: number | undefined;
}

function metadataOf({ served, version }: V4World, { paginated, links, total }: Metadata): unknown {
  const flags = [
    { name: 'hasError', value: false },
    { name: 'isPaginated', value: paginated },
    { name: 'isTruncated', value: false },
    // pc.2024.3 does not have it, pc.7.6 has; those between are not recorded.
    ...(isFrom(version, 'pc.7.3') ? [{ name: 'isExpandRestricted', value: false }] : []),
  ].map((flag) => typed(served, 'common.v1.config.Flag', flag));
  const typedLinks = links.map((link) => typed(served, 'common.v1.response.ApiLink', link));
  return {
    flags,
    ...typed(served, 'common.v1.response.ApiResponseMetadata', {}),
    links: sent(typedLinks),
    ...(total === undefined ? {} : { totalAvailableResults: total }),
  };
}

function pageOf({ origin, path, query }: V4Call, page: number, limit: number): string {
  const others = [...query].filter(([name]) => name !== '$page' && name !== '$limit');
  const kept = others.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const search = [`$page=${String(page)}`, `$limit=${String(limit)}`, ...kept].join('&');
  return `${origin}${withoutQuery(path)}?${search}`;
}

function withoutQuery(path: string): string {
  return path.split('?')[0] ?? '';
}
