import { z } from 'zod';
import type { Category } from '../../provider/index.js';
import { lenient, maybe, readMessages } from '../shared/index.js';
import { reference } from './reference.js';

const metadata = z.object({
  uuid: maybe.text,
  creation_time: maybe.text,
  owner_reference: lenient(reference),
  // Both forms are filled (reference 4.5); the older one has one value for each key.
  categories: lenient(z.record(z.string(), z.string())),
  categories_mapping: lenient(z.record(z.string(), z.array(z.string()))),
});

const executionContext = z.object({
  // A string in answers to changes, a list in answers to reads; old versions also say task_uuids (reference 2.3).
  task_uuid: lenient(z.union([z.string(), z.array(z.string())])),
  task_uuids: lenient(z.array(z.string())),
});

const status = z.object({
  state: maybe.text,
  name: maybe.text,
  description: maybe.text,
  cluster_reference: lenient(reference),
  execution_context: lenient(executionContext),
  message_list: lenient(z.array(z.unknown())),
  resources: lenient(z.looseObject({})),
});

const spec = z.object({
  name: maybe.text,
  description: maybe.text,
  cluster_reference: lenient(reference),
  resources: lenient(z.looseObject({})),
});

/** The intent envelope. Every part may be missing; `spec` may even be an empty string (reference 5.9). */
export const entity = z.object({
  metadata: lenient(metadata),
  spec: lenient(spec),
  status: lenient(status),
});
export type Entity = z.infer<typeof entity>;

export function entityUuid({ metadata: meta }: Entity): string | undefined {
  return meta?.uuid;
}

export function entityName({ status: is, spec: wanted }: Entity): string | undefined {
  return is?.name ?? wanted?.name;
}

export function descriptionOf({ spec: wanted, status: is }: Entity): string | undefined {
  return wanted?.description ?? is?.description;
}

export function categoriesOf({ metadata: meta }: Entity): readonly Category[] {
  const mapped = Object.entries(meta?.categories_mapping ?? {}).flatMap(([key, values]) =>
    values.map((value) => ({ key, value })),
  );
  if (mapped.length > 0) return mapped;
  return Object.entries(meta?.categories ?? {}).map(([key, value]) => ({ key, value }));
}

/** The tasks an entity names, as far as it names any. */
export function taskIdsOf({ status: is }: Entity): readonly string[] {
  const context = is?.execution_context;
  const single = context?.task_uuid;
  return [...(typeof single === 'string' ? [single] : (single ?? [])), ...(context?.task_uuids ?? [])];
}

/** What went wrong with the last change, in Prism's words; undefined when its state is not ERROR. */
export function lastProblemOf({ status: is }: Entity): string | undefined {
  if (is?.state !== 'ERROR') return undefined;
  const { text } = readMessages(is.message_list);
  return text === '' ? 'the last change failed' : text;
}
