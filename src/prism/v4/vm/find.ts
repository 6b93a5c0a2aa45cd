import type { CallContext, CreationToken, Vm, VmIdentity } from '../../../provider/index.js';
import { parseCreationToken, requestIdOf, type VmReader, type WantedRead } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';
import { listAll, listsOfIds, PAGE } from '../list.js';
import { findEntity } from '../read-entity.js';
import { isCreateUnderWay } from '../task/running-tasks.js';
import { findTagged } from './find-tagged.js';
import { listNics } from './nics.js';
import { vmFrom } from './view.js';
import { vm, vmAt, VMS } from './vm.js';

/** A read takes 18 ms and a list 217, and a server answers 20 reads a second (recorded-v4): eight, one for each connection, are few. */
const WORTH_A_LIST = 9;

/** The VM; one request as long as its id is known and the cloud has told an address of it. */
export async function findVm(
  backend: V4Backend,
  wanted: VmIdentity,
  context: CallContext,
): Promise<Vm | undefined> {
  const { name, vmId, creationToken: token } = wanted;
  if (vmId !== undefined) return await joinedProbe(backend, { id: vmId, name }, context);
  if (token === undefined) return undefined;
  const identity = parseCreationToken(token);
  // API v3 gives a VM the id that it had reserved for it.
  const reserved =
    identity.kind === 'reserved' ? await probe(backend, { id: identity.vmId, name }, context) : undefined;
  return reserved ?? (await findByTag(backend, name, token, context));
}

async function findByTag(
  backend: V4Backend,
  name: string,
  token: CreationToken,
  context: CallContext,
): Promise<Vm | undefined> {
  const [id] = await findTagged(backend, name, token, context);
  const found = id === undefined ? undefined : await probe(backend, { id, name }, context);
  if (found !== undefined) return found;
  const known = backend.creates.get(requestIdOf(parseCreationToken(token)));
  if (known !== undefined) return known.isOver ? undefined : beingCreated(name);
  return (await isCreateUnderWay(backend, name, context)) ? beingCreated(name) : undefined;
}

/** A VM whose id is not known yet. */
function beingCreated(name: string): Vm {
  const size = { sockets: undefined, coresPerSocket: undefined, memoryMiB: undefined, disks: [] };
  return { id: '', name, lifecycle: 'creating', power: 'unknown', nics: [], size };
}

/** With the reads of other sessions. What a list does not show of a VM is read of the VM itself (reference v4 2.6). */
async function joinedProbe(
  backend: V4Backend,
  asked: WantedRead,
  context: CallContext,
): Promise<Vm | undefined> {
  const one: VmReader['one'] = async (signal) => await probe(backend, asked, { ...context, signal });
  const many: VmReader['many'] = async (wanted, signal) => {
    const attempt = { attempted: 'list VMs', signal };
    const ids = wanted.map((each) => each.id);
    const lists = listsOfIds(ids).map(async (list) => {
      return await listAll(backend.api, { ...list, namespace: 'vmm', path: VMS, item: vm }, attempt);
    });
    const listed = (await Promise.all(lists)).flat();
    return new Map(
      listed.flatMap((each): [string, Vm][] => {
        const { extId } = each;
        const seen = extId === undefined ? undefined : vmFrom(each, extId);
        return seen === undefined || !isWhole(seen) ? [] : [[seen.id, seen]];
      }),
    );
  };
  const reads = backend.readsFor?.(`v4 ${backend.api.spokenApi}`);
  return reads === undefined
    ? await one(context.signal)
    : await reads.read(asked, { one, many, worthAList: WORTH_A_LIST, inAList: PAGE }, context.signal);
}

function isWhole({ power, nics }: Vm): boolean {
  return power !== 'on' || nics.some(({ addresses }) => addresses.length > 0);
}

async function probe(
  backend: V4Backend,
  { id, name }: WantedRead,
  context: CallContext,
): Promise<Vm | undefined> {
  const attempted = `look up VM "${name}" (${id})`;
  const read = await findEntity(backend, vmAt(id), attempted, context);
  if (read === undefined) return undefined;
  const found = vmFrom(read.entity, id);
  if (isWhole(found)) return found;
  const nics = await listNics(backend, id, attempted, context);
  return nics === undefined || nics.length === 0 ? found : { ...found, nics };
}
