import {
  volumePortMethods,
  type CallContext,
  type VolumeArguments,
  type VolumeMethod,
  type VolumeMethods,
  type VolumeResults,
} from '../../provider/index.js';
import { asOperation } from './port-methods.js';

/** What is said to have been attempted when a method of the port ends with an error that is not of ours. */
const ATTEMPTED = {
  resolvePlacement: 'look up where volumes go',
  list: 'list the volume groups',
  findByName: 'look up a volume group',
  find: 'look up a volume group',
  create: 'create a volume group',
  rename: 'rename a volume group',
  changeCategories: 'change the categories of a volume group',
  grow: 'grow a volume group',
  delete: 'delete a volume group',
  attachToVm: 'attach a volume group',
  attachToInitiator: 'attach a volume group',
  detach: 'detach a volume group',
  findVm: 'look up a VM',
  createSnapshot: 'take a snapshot',
  listSnapshots: 'list the snapshots',
  findSnapshot: 'look up a snapshot',
  deleteSnapshot: 'delete a snapshot',
  createFromSnapshot: 'create a volume group from a snapshot',
  freeBytes: 'read the free space',
} as const satisfies Readonly<Record<VolumeMethod, string>>;

/** What an API does for each method of the port. */
export type VolumeOperations<B> = {
  readonly [K in VolumeMethod]: (backend: B, ...args: VolumeArguments[K]) => Promise<VolumeResults[K]>;
};

/** The methods of the port from the operations of an API. Whatever such a method rejects with is an OperationError. */
export function volumePortMethodsOf<B>(backend: B, operations: VolumeOperations<B>): VolumeMethods {
  return volumePortMethods((name) => async (...args) => {
    const work = operations[name](backend, ...args);
    return await asOperation(work, ATTEMPTED[name], contextOfVolumeCall(args));
  });
}

/** The context of a call of the port: its last argument. */
export function contextOfVolumeCall(args: VolumeArguments[VolumeMethod]): CallContext {
  return args[args.length - 1] as CallContext;
}
