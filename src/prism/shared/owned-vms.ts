import type { CallContext, CategorizedVms, Category, OwnedVm } from '../../provider/index.js';
import { readCreationToken } from './creation-token.js';
import { tagOn } from './ownership-tag.js';

/** Of a machine's name, so many characters are kept in the identifier of a reservation. */
export const LONGEST_NAME_IN_IDENTIFIER = 40;

/** What a version of the API shows of any VM, ours or not. */
export interface SeenVm extends Pick<OwnedVm, 'name' | 'power' | 'account' | 'madeAt'> {
  readonly id: string | undefined;
  readonly description: string | undefined;
  /** Its categories, where they were asked for, each as `VmReader.labelOf` tells it. */
  readonly labels?: readonly string[] | undefined;
}

/** Which VMs are read, and what of them. */
interface WantedVms {
  /** VMs of other names may be left out; undefined = none may. */
  readonly namePrefix: string | undefined;
  /** Their categories are wanted. */
  readonly hasLabels: boolean;
}

/** How an API reads VMs, ours or not. */
interface VmReader<B> {
  readonly all: (
    backend: B,
    wanted: WantedVms,
    attempted: string,
    context: CallContext,
  ) => Promise<readonly SeenVm[]>;
  readonly one: (
    backend: B,
    id: string,
    attempted: string,
    context: CallContext,
  ) => Promise<SeenVm | undefined>;
  /** A category as the API shows it on a VM; undefined = this API has not looked it up, and cannot tell. */
  readonly labelOf: (category: Category) => string | undefined;
}

/** The port's methods for all VMs with our ownership tag, from how an API reads VMs. */
export function inventoryOf<B extends { readonly product: string }>({
  all,
  one,
  labelOf,
}: VmReader<B>): {
  readonly listOwned: (
    backend: B,
    namePrefix: string | undefined,
    context: CallContext,
  ) => Promise<readonly OwnedVm[]>;
  readonly listCategorized: (
    backend: B,
    category: Category | undefined,
    namePrefix: string | undefined,
    context: CallContext,
  ) => Promise<CategorizedVms>;
  readonly readOwned: (backend: B, id: string, context: CallContext) => Promise<OwnedVm | undefined>;
} {
  const attempted = 'list the VMs with our ownership tag';
  const listCategorized = async (
    backend: B,
    category: Category | undefined,
    namePrefix: string | undefined,
    context: CallContext,
  ): Promise<CategorizedVms> => {
    const label = category === undefined ? undefined : labelOf(category);
    const wanted = { namePrefix, hasLabels: label !== undefined };
    const seen = await all(backend, wanted, attempted, context);
    if (namePrefix === undefined)
      return { owned: ownedAmong(seen, backend.product), carriers: carriersOf(label, seen) };
    const named = seen.filter(({ name }) => name.startsWith(namePrefix));
    const owned = ownedAmong(named, backend.product).map(underItsFirstName);
    return { owned, carriers: carriersOf(label, named) };
  };
  const listOwned = async (
    backend: B,
    namePrefix: string | undefined,
    context: CallContext,
  ): Promise<readonly OwnedVm[]> => (await listCategorized(backend, undefined, namePrefix, context)).owned;
  return {
    listOwned,
    listCategorized,
    readOwned: async (backend, id, context) => {
      const seen = await one(backend, id, `read the ownership tag of VM ${id}`, context);
      return await ownedAlone(
        seen,
        backend.product,
        async () => await listOwned(backend, undefined, context),
      );
    },
  };
}

function carriersOf(label: string | undefined, seen: readonly SeenVm[]): CategorizedVms['carriers'] {
  if (label === undefined) return [];
  return seen.flatMap(({ id, name, labels = [] }) =>
    id !== undefined && labels.includes(label) ? [{ id, name }] : [],
  );
}

/**
 * Those of all VMs that carry our ownership tag. A tag without a reserved UUID does not say which of two VMs is the one
 * that was made: then neither is genuine.
 */
function ownedAmong(everyone: readonly SeenVm[], product: string): readonly OwnedVm[] {
  const tagged = everyone.flatMap((one) => taggedFrom(one, product) ?? []);
  const carriers = new Map<string, number>();
  for (const { creationToken } of tagged) carriers.set(creationToken, (carriers.get(creationToken) ?? 0) + 1);
  return tagged.map(({ idInTag, ...vm }) => ({
    ...vm,
    genuine: idInTag === undefined ? carriers.get(vm.creationToken) === 1 : idInTag === vm.id.toLowerCase(),
  }));
}

/** Where copies of other names were left out, a tag without an id only counts on the VM of the name that it tells. */
function underItsFirstName(vm: OwnedVm): OwnedVm {
  const holdsId = readCreationToken(vm.creationToken)?.kind === 'reserved';
  return { ...vm, genuine: vm.genuine && (holdsId || vm.name === vm.machineName) };
}

/** One VM as it is now; where its tag alone does not tell a copy from the original, the others are read too. */
async function ownedAlone(
  seen: SeenVm | undefined,
  product: string,
  listOwned: () => Promise<readonly OwnedVm[]>,
): Promise<OwnedVm | undefined> {
  const tagged = seen === undefined ? undefined : taggedFrom(seen, product);
  if (tagged === undefined) return undefined;
  const { idInTag, ...vm } = tagged;
  if (idInTag !== undefined) return { ...vm, genuine: idInTag === vm.id.toLowerCase() };
  const everyone = await listOwned();
  return everyone.find((one) => one.id === vm.id);
}

/** A date of a server; undefined when it is none. */
export function dateFrom(text: string | undefined): Date | undefined {
  const date = new Date(text ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}

type TaggedVm = Omit<OwnedVm, 'genuine'> & { readonly idInTag: string | undefined };

function taggedFrom(seen: SeenVm, product: string): TaggedVm | undefined {
  const { id, name, power, account, madeAt } = seen;
  const tag = tagOn(seen, product);
  if (id === undefined || tag === undefined) return undefined;
  const { creationToken, identity, origin, machineName, group } = tag;
  const reserved = identity.kind === 'reserved' ? identity : undefined;
  return {
    id,
    name,
    power,
    account,
    madeAt,
    creationToken,
    machineName: reserved === undefined ? machineName : machineNameIn(reserved.clientIdentifier, product),
    origin,
    group,
    idInTag: reserved?.vmId,
  };
}

/** The machine's name in an identifier, with … where it may have been cut; undefined = it is not one of ours. */
function machineNameIn(clientIdentifier: string, product: string): string | undefined {
  if (!clientIdentifier.startsWith(`${product}-`)) return undefined;
  const [, name] = /^(.+)-[0-9a-f]{16}$/.exec(clientIdentifier.slice(product.length + 1)) ?? [];
  return name?.length === LONGEST_NAME_IN_IDENTIFIER ? `${name}…` : name;
}
