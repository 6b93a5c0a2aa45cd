import type { EntityRecord } from '../../core/store/entity.js';
import type { World } from '../../core/world.js';

/** The kinds whose entities carry categories, in the order of their names. */
export function carriersOf(world: World): { readonly kind: string; readonly records: EntityRecord[] }[] {
  const { images, projects, subnets, vms } = world.store;
  return [
    { kind: 'image', records: images.toArray() },
    { kind: 'project', records: projects.toArray() },
    { kind: 'subnet', records: subnets.toArray() },
    { kind: 'vm', records: vms.toArray().filter(({ made }) => made) },
  ];
}

/** An entity that carries a value, in words, e.g. `vm web-1`. */
export function carrierOf(world: World, key: string, value: string): string | undefined {
  for (const { kind, records } of carriersOf(world)) {
    const carrier = records.find(({ categories }) => categories[key]?.includes(value) === true);
    if (carrier !== undefined) return `${kind} ${carrier.name}`;
  }
  return undefined;
}
