import type { Call } from './services.js';

/** The calls of one connection that have not been answered. */
export class PendingCalls {
  readonly #calls = new Set<PendingCall>();

  get size(): number {
    return this.#calls.size;
  }

  begin(): PendingCall {
    const call = new PendingCall();
    this.#calls.add(call);
    return call;
  }

  finish(call: PendingCall): void {
    this.#calls.delete(call);
  }

  abort(reason: Error): void {
    for (const call of this.#calls) call.abort(reason);
  }
}

/** Most calls end at once and never ask for their signal, so it is made when it is asked for. */
export class PendingCall implements Call {
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  abort(reason: Error): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
