import { hasStatus } from './engine-error.js';
import type { Engine } from './engine.js';
import { INSTANCE_LABEL, OWNER_LABEL } from './labels.js';

/** Removes everything that one `createContainerGuests` made; resolves with what could not be removed. */
export async function removeInstance(engine: Engine, instance: string): Promise<string[]> {
  return await removeAll(engine, await findLabelled(engine, `${INSTANCE_LABEL}=${instance}`));
}

/** Removes the orphans: what belongs to owners for whom `gone` is true. Resolves with their number. */
export async function sweep(engine: Engine, gone: (owner: string) => boolean): Promise<number> {
  const left = (await findLabelled(engine, OWNER_LABEL)).filter(({ owner }) => gone(owner));
  const stayed = await removeAll(engine, left);
  return left.length - stayed.length;
}

/** Something that carries our labels in an engine. */
interface Labelled {
  readonly kind: 'container' | 'volume' | 'network';
  /** Its id, or its name where there are no ids. */
  readonly id: string;
  readonly owner: string;
}

async function findLabelled({ calls }: Engine, label: string): Promise<Labelled[]> {
  const filters = { label: [label] };
  const [containers, { Volumes: volumes }, networks] = await Promise.all([
    calls.listContainers({ all: true, filters }),
    calls.listVolumes({ filters }),
    calls.listNetworks({ filters }),
  ]);
  const ownerOf = (labels: Readonly<Record<string, string>> | undefined): string =>
    labels?.[OWNER_LABEL] ?? '';
  return [
    ...containers.map(({ Id, Labels }) => ({ kind: 'container', id: Id, owner: ownerOf(Labels) }) as const),
    ...volumes.map(({ Name, Labels }) => ({ kind: 'volume', id: Name, owner: ownerOf(Labels) }) as const),
    ...networks.map(({ Id, Labels }) => ({ kind: 'network', id: Id, owner: ownerOf(Labels) }) as const),
  ];
}

/** Containers first: a volume or network in use cannot be removed. */
async function removeAll(engine: Engine, found: readonly Labelled[]): Promise<string[]> {
  const stayed: string[] = [];
  for (const kind of ['container', 'volume', 'network'] as const) {
    const ofKind = found.filter((one) => one.kind === kind);
    const results = await Promise.all(ofKind.map(async ({ id }) => await removeOne(engine, kind, id)));
    ofKind.forEach(({ id }, index) => {
      if (results[index] !== true) stayed.push(`${kind} ${id}`);
    });
  }
  return stayed;
}

/** False when it is still there. */
async function removeOne({ calls }: Engine, kind: Labelled['kind'], id: string): Promise<boolean> {
  try {
    switch (kind) {
      case 'container':
        await calls.getContainer(id).remove({ force: true, v: true });
        break;
      case 'volume':
        await calls.getVolume(id).remove();
        break;
      case 'network':
        await calls.getNetwork(id).remove();
        break;
    }
    return true;
  } catch (error) {
    return hasStatus(error, 404);
  }
}
