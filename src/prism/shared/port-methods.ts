import type { CallContext } from '../../provider/index.js';
import { abortError, OperationError } from '../../support/index.js';
import type { PrismProvider } from './api-version.js';

/** What is said to have been attempted when a method of the port ends with an error that is not of ours. */
const ATTEMPTED = {
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
  listOwned: 'list the VMs with our ownership tag',
  readOwned: 'look up a VM with our ownership tag',
} as const satisfies { readonly [K in keyof PrismProvider]?: string };

export type PortMethod = keyof typeof ATTEMPTED;
/** What a method of the port is given; the last is the context of the call. */
type PortArguments = { readonly [K in PortMethod]: Parameters<PrismProvider[K]> };
type PortResults = { readonly [K in PortMethod]: Awaited<ReturnType<PrismProvider[K]>> };
export type PortMethods = {
  readonly [K in PortMethod]: (...args: PortArguments[K]) => Promise<PortResults[K]>;
};

/** What an API does for each method of the port. */
export type PortOperations<B> = {
  readonly [K in PortMethod]: (backend: B, ...args: PortArguments[K]) => Promise<PortResults[K]>;
};

/** The methods of the port, each as `method` makes it. */
export function portMethods(
  method: <K extends PortMethod>(name: K) => (...args: PortArguments[K]) => Promise<PortResults[K]>,
): PortMethods {
  return {
    resolve: method('resolve'),
    issueCreationToken: method('issueCreationToken'),
    create: method('create'),
    find: method('find'),
    powerOn: method('powerOn'),
    requestShutdown: method('requestShutdown'),
    requestReboot: method('requestReboot'),
    powerOff: method('powerOff'),
    reset: method('reset'),
    resize: method('resize'),
    remove: method('remove'),
    listOwned: method('listOwned'),
    readOwned: method('readOwned'),
  };
}

/**
 * The methods of the port from the operations of an API. Whatever such a method rejects with is an OperationError: also for
 * an abort whose reason is none, and for a fault of ours.
 */
export function portMethodsOf<B>(backend: B, operations: PortOperations<B>): PortMethods {
  return portMethods((name) => async (...args) => {
    const work = operations[name](backend, ...args);
    return await asOperation(work, ATTEMPTED[name], contextOf(args));
  });
}

/** The same work; whatever it rejects with is an OperationError. */
export async function asOperation<R>(
  work: Promise<R>,
  attempted: string,
  { signal }: CallContext,
): Promise<R> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof OperationError) throw error;
    throw signal.aborted ? abortError(signal, attempted) : OperationError.from(error, attempted);
  }
}

/** The context of a call of the port: its last argument. */
export function contextOf(args: PortArguments[PortMethod]): CallContext {
  return args[args.length - 1] as CallContext;
}
