import type { VmRecord } from '../../core/store/vm-record.js';
import type { NicOptions } from '../../core/vm/options.js';
import { categoryPair, type CategoryPair } from '../../core/categories.js';
import type { V4World } from '../world.js';
import type { VmBody } from './bodies.js';
import { referenceNotFound, unusableSubnet } from './failures.js';

/** Says of a VM that it is in no project (recorded-v4 A1). */
const NO_ID = '00000000-0000-0000-0000-000000000000';

type ExtId = Readonly<{ extId: string }>;

/** Both members say the same; the newer one wins. */
export function projectOf({
  project,
  projectExtId,
}: Pick<VmBody, 'project' | 'projectExtId'>): string | undefined {
  const named = projectExtId ?? project?.extId;
  return named === NO_ID ? undefined : named;
}

/** The project of a body. Throws the failure of one that is not there. */
export function checkedProjectOf(world: V4World, body: VmBody): string | undefined {
  const project = projectOf(body);
  checkedProject(world, project);
  return project;
}

/** Throws the failure of a project that is not there. */
export function checkedProject(world: V4World, projectUuid: string | undefined): void {
  if (projectUuid === undefined || world.store.projects.has(projectUuid)) return;
  throw referenceNotFound('project', projectUuid);
}

/** What the ids stand for. Throws the failure of one that stands for nothing. */
export function checkedCategories(world: V4World, ids: readonly ExtId[]): CategoryPair[] {
  return ids.map(({ extId }) => {
    const pair = categoryPair(world.store, extId);
    if (pair === undefined) throw referenceNotFound('category', extId);
    return pair;
  });
}

export function assignCategories(vm: VmRecord, pairs: readonly CategoryPair[]): void {
  vm.categories = {};
  addCategories(vm, pairs);
}

export function addCategories(vm: VmRecord, pairs: readonly CategoryPair[]): void {
  for (const { key, value } of pairs) {
    const values = (vm.categories[key] ??= []);
    if (!values.includes(value)) values.push(value);
  }
  vm.usesCategoriesMapping = true;
}

export function removeCategories(vm: VmRecord, pairs: readonly CategoryPair[]): void {
  const goes = (key: string, value: string): boolean =>
    pairs.some((pair) => pair.key === key && pair.value === value);
  const left = Object.entries(vm.categories).map(
    ([key, values]) => [key, values.filter((value) => !goes(key, value))] as const,
  );
  vm.categories = Object.fromEntries(left.filter(([, values]) => values.length > 0));
}

/** Throws the failure of a subnet that is not there, or on another cluster. */
export function checkSubnets(
  world: V4World,
  operation: string,
  clusterUuid: string,
  nics: readonly NicOptions[],
): void {
  for (const { subnetUuid = 'EMPTY' } of nics) {
    const subnet = world.store.subnets.get(subnetUuid);
    if (subnet === undefined) throw unusableSubnet(operation, subnetUuid, 'is not found');
    if (subnet.clusterUuid !== undefined && subnet.clusterUuid !== clusterUuid) {
      throw unusableSubnet(operation, subnetUuid, 'cannot be attached to it');
    }
  }
}
