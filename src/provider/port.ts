import type { Catalogue } from './catalogue.js';
import type { Categories } from './categories.js';
import type { CallContext, Provider } from './provider.js';
import type { Inventory } from './inventory.js';
import type { Notes } from './notes.js';
import type { Resizing } from './resizing.js';
import type { Volumes } from './volumes.js';

export type PortArguments<F> = F extends (...args: infer A) => unknown ? A : never;
export type PortResult<F> = F extends (...args: never[]) => Promise<infer R> ? R : never;

/** The methods of the port `P` that ask the cloud. The last that each is given is the context of the call. */
export type PortMethod<P> = Exclude<
  { readonly [K in keyof P]-?: P[K] extends (...args: never[]) => Promise<unknown> ? K : never }[keyof P],
  'close'
> &
  string;
export type PortMethods<P> = {
  readonly [K in PortMethod<P>]: (...args: PortArguments<P[K]>) => Promise<PortResult<P[K]>>;
};
/** Does the work on one that has the port; which one is its choice. */
type PortRunner<P> = <R>(work: (chosen: PortMethods<P>) => Promise<R>, context: CallContext) => Promise<R>;

/** A port, and how its methods are made. */
export class Port<P> {
  /** What each method attempts, in a user's words. */
  readonly attempts: Readonly<Record<PortMethod<P>, string>>;

  constructor(attempts: Readonly<Record<PortMethod<P>, string>>) {
    this.attempts = attempts;
  }

  /** The methods, each done by the one that `run` chooses. */
  through(run: PortRunner<P>): PortMethods<P> {
    return this.each(
      (name) =>
        async (...args) =>
          await run(async (chosen) => await chosen[name](...args), contextOf(args)),
    );
  }

  /** The methods, each as `method` makes it. */
  each(
    method: <K extends PortMethod<P>>(name: K) => (...args: PortArguments<P[K]>) => Promise<PortResult<P[K]>>,
  ): PortMethods<P> {
    const names = Object.keys(this.attempts) as PortMethod<P>[];
    return Object.fromEntries(names.map((name) => [name, method(name)])) as PortMethods<P>;
  }
}

/** The context of a call of a port: its last argument. */
export function contextOf(args: readonly unknown[]): CallContext {
  return args[args.length - 1] as CallContext;
}

const NOTES: Port<Notes>['attempts'] = {
  findNote: 'read a note',
  putNote: 'write a note',
  removeNote: 'remove a note',
};

/** The port of VMs, with categories and notes beside it. */
export const vmPort = new Port<Provider & Inventory & Resizing & Catalogue & Categories & Notes>({
  ...NOTES,
  resolve: 'look up what the VM refers to',
  issueCreationToken: 'fix the identity of a VM',
  create: 'create the VM',
  find: 'look up the VM',
  powerOn: 'power on the VM',
  requestShutdown: 'ask the VM to shut down',
  requestReboot: 'ask the VM to restart',
  powerOff: 'power off the VM',
  reset: 'reset the VM',
  resize: 'change CPU and memory of the VM',
  remove: 'delete the VM',
  listOffers: 'list what a VM can be made of',
  listOwned: 'list the VMs with our ownership tag',
  listCategorized: 'list the VMs with our ownership tag or a category',
  ensureCategory: 'make a category',
  removeCategory: 'remove a category',
  readOwned: 'look up a VM with our ownership tag',
});

/** The port of volumes, and notes beside it. */
export const volumesPort = new Port<Volumes & Notes>({
  ...NOTES,
  resolvePlacement: 'look up where volumes go',
  list: 'list the volumes',
  findByName: 'look up a volume',
  find: 'look up a volume',
  create: 'create a volume',
  rename: 'rename a volume',
  changeCategories: 'change the categories of a volume',
  grow: 'grow a volume',
  delete: 'delete a volume',
  attachToVm: 'attach a volume',
  attachToInitiator: 'attach a volume',
  detach: 'detach a volume',
  findVm: 'look up a VM',
  createSnapshot: 'take a snapshot',
  listSnapshots: 'list the snapshots',
  findSnapshot: 'look up a snapshot',
  deleteSnapshot: 'delete a snapshot',
  createFromSnapshot: 'create a volume from a snapshot',
  freeBytes: 'read the free space',
});
