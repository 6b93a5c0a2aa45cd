import type { GobType } from '../gob/index.js';

export interface Method {
  readonly argument: GobType;
  readonly reply: GobType;
  /**
   * Returns the reply's value (undefined: its zero value), or throws: the error's message goes to the caller.
   * Calls of one connection run at the same time.
   */
  readonly handle: (argument: unknown, call: Call) => unknown;
}

export interface Call {
  /** Aborted when the connection breaks before the call was answered. */
  readonly signal: AbortSignal;
}

/** By service name, then by method name. */
export type Services = Readonly<Record<string, Readonly<Record<string, Method>>>>;

/** The method of `Service.Method`, or Go's words for why there is none. The last dot divides. */
export function findMethod(services: Services, serviceMethod: string): Method | string {
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
