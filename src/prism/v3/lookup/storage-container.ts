import { z } from 'zod';
import type { CallContext, Reference } from '../../../provider/index.js';
import type { V3Backend } from '../backend.js';
import {
  lenient,
  maybe,
  chooseStorageContainer,
  type Attempt,
  type StorageContainer,
} from '../../shared/index.js';

const PAGE = 250;
const groupsAnswer = z.looseObject({
  filtered_entity_count: maybe.number,
  group_results: lenient(
    z.array(
      z.looseObject({
        entity_results: lenient(
          z.array(
            z.looseObject({
              entity_id: maybe.text,
              data: lenient(
                z.array(
                  z.looseObject({
                    name: maybe.text,
                    values: lenient(z.array(z.looseObject({ values: lenient(z.array(z.string())) }))),
                  }),
                ),
              ),
            }),
          ),
        ),
      }),
    ),
  ),
});

/**
 * Finds a storage container by name or UUID on the target cluster. There is no v3 entity for it, so the groups
 * API is read, unfiltered: containers are few, and names can hold anything (reference 4.8).
 */
export async function findStorageContainer(
  backend: V3Backend,
  name: string,
  cluster: Reference | undefined,
  context: CallContext,
): Promise<Reference> {
  const list = async (attempt: Attempt): Promise<readonly StorageContainer[]> =>
    await allContainers(backend, attempt);
  return await chooseStorageContainer(list, name, cluster, context);
}

async function allContainers({ api }: V3Backend, attempt: Attempt): Promise<readonly StorageContainer[]> {
  const found = new Map<string, StorageContainer>();
  for (let offset = 0; ; offset += PAGE) {
    const body = {
      entity_type: 'storage_container',
      group_member_count: PAGE,
      group_member_offset: offset,
      group_member_attributes: [{ attribute: 'container_name' }, { attribute: 'cluster' }],
    };
    const request = { method: 'POST', path: 'groups', body, answer: groupsAnswer, repeatable: true } as const;
    const answer = await api.send(request, attempt);
    const page = containersIn(answer);
    const before = found.size;
    for (const one of page) found.set(one.id, one);
    if (page.length < PAGE || found.size === before) return [...found.values()];
  }
}

function containersIn({ group_results: groups }: z.infer<typeof groupsAnswer>): StorageContainer[] {
  const entities = (groups ?? []).flatMap((group) => group.entity_results ?? []);
  return entities.flatMap(({ entity_id: id, data }) => {
    const value = (attribute: string): string | undefined =>
      data?.find((field) => field.name === attribute)?.values?.[0]?.values?.[0];
    const name = value('container_name');
    return id === undefined || name === undefined ? [] : [{ id, name, cluster: value('cluster') }];
  });
}
