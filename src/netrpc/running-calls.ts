import type { TypedValue } from '../gob/index.js';
import type { RpcContext } from './methods.js';
import type { ReplyWriter } from './reply-writer.js';
import type { Incoming } from './request-reader.js';
import { textOfThrown } from './rpc-error.js';

/** The calls of one connection that were begun and not answered. */
export class RunningCalls {
  readonly #replies: ReplyWriter;
  readonly #onAnswered: () => void;
  readonly #running = new Set<RunningCall>();
  #held = 0;

  /** `onAnswered` is called after each answer to a call that ran, whatever the answer. */
  constructor(replies: ReplyWriter, onAnswered: () => void) {
    this.#replies = replies;
    this.#onAnswered = onAnswered;
  }

  get size(): number {
    return this.#running.size;
  }

  /** Bytes that their requests had: about what their arguments keep of memory. */
  get held(): number {
    return this.#held;
  }

  /** Begins a call, or answers at once where there is nothing to call. */
  run(incoming: Incoming): void {
    const { request, bytes } = incoming;
    if ('error' in incoming) {
      this.#replies.failure(request, incoming.error);
      return;
    }
    const call = new RunningCall(bytes);
    this.#running.add(call);
    this.#held += bytes;
    const succeed = (reply: TypedValue): void => {
      this.#replies.success(request, reply);
      this.#finish(call);
    };
    const fail = (error: unknown): void => {
      this.#replies.failure(request, textOfThrown(error));
      this.#finish(call);
    };
    let reply: ReturnType<typeof incoming.begin>;
    try {
      reply = incoming.begin(call);
    } catch (error) {
      fail(error);
      return;
    }
    if ('then' in reply) reply.then(succeed, fail);
    else succeed(reply);
  }

  /** Aborts the signal of every running call. A method may ignore it. */
  abort(reason: Error): void {
    for (const call of this.#running) call.abort(reason);
  }

  #finish(call: RunningCall): void {
    this.#running.delete(call);
    this.#held -= call.bytes;
    this.#onAnswered();
  }
}

/** Most calls end at once and never ask for their signal, so it is made when it is asked for. */
class RunningCall implements RpcContext {
  /** Of its request. */
  readonly bytes: number;
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  constructor(bytes: number) {
    this.bytes = bytes;
  }

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
