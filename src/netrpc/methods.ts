import type { GobDecoder, GobType, TypedValue } from '../gob/index.js';

/** What a method learns of the call beside its argument. */
export interface RpcContext {
  /** Aborted when the connection breaks before the call was answered. */
  readonly signal: AbortSignal;
}

/** A method of any types: they meet inside `rpcMethod`, where the compiler checks them against the work. */
export interface RpcMethod {
  /**
   * Reads the argument of a call; undefined while it has not arrived whole.
   *
   * @throws GobError if it is of another type
   */
  readonly readCall: (decoder: GobDecoder) => BeginCall | undefined;
}

/** Begins a call whose argument was read, and gives the reply. What it throws goes to the caller, as text. */
export type BeginCall = (context: RpcContext) => TypedValue | PromiseLike<TypedValue>;

/** By service name, then by method name. */
export type RpcServices = Readonly<Record<string, Readonly<Record<string, RpcMethod>>>>;

/**
 * A method with its types. `handle` returns the reply, or throws: the error's message goes to the caller. Calls of one
 * connection run at the same time.
 */
export function rpcMethod<A, R>(
  argument: GobType<A>,
  reply: GobType<R>,
  handle: (argument: A, context: RpcContext) => NoInfer<R> | PromiseLike<NoInfer<R>>,
): RpcMethod {
  const typed = (value: NoInfer<R>): TypedValue => ({ type: reply, value });
  return {
    readCall: (decoder) => {
      const read = decoder.decode(argument);
      if (read === undefined) return undefined;
      return (context) => {
        const result = handle(read.value, context);
        return isPromise(result) ? result.then(typed) : typed(result);
      };
    },
  };
}

function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** The method of `Service.Method`, or Go's words for why there is none. The last dot divides. */
export function findMethod(services: RpcServices, serviceMethod: string): RpcMethod | string {
  const dot = serviceMethod.lastIndexOf('.');
  if (dot < 0) return `rpc: service/method request ill-formed: ${serviceMethod}`;
  const methods = ownProperty(services, serviceMethod.slice(0, dot));
  if (methods === undefined) return `rpc: can't find service ${serviceMethod}`;
  return ownProperty(methods, serviceMethod.slice(dot + 1)) ?? `rpc: can't find method ${serviceMethod}`;
}

/** The names come from the peer: `constructor` must not find anything. */
function ownProperty<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
