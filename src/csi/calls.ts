import { isDeepStrictEqual } from 'node:util';
import { status, type handleUnaryCall, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { callError, StatusError, type GrpcMethod } from '../grpc/index.js';
import { abortReason, deadlineAfter, OperationError, type Logger } from '../support/index.js';
import type { PreparedCall, ServedMethod } from './served-method.js';

/** The calls that a service of the interface serves, by their names. */
export type ServedMethods = Readonly<Record<string, ServedMethod>>;

export interface CallsOptions {
  readonly logger: Logger;
  /** How long one call may take, in milliseconds, whatever its client does. */
  readonly limitMs: number;
}

/** A call that changes something, and what comes of it. */
interface WorkUnderWay {
  readonly method: string;
  readonly request: unknown;
  readonly done: Promise<object>;
}

/**
 * All calls go through here. Whatever is thrown in one, at once or later, becomes an answer with a status: grpc-js loses
 * the text of an error that is thrown in a handler, and a handler that rejects ends the process (volumes.md 5).
 *
 * A client that gives up (Swarm after 15 s) stops nothing: the work goes on, and the same request joins it when it
 * comes again. Another request about the same volume is ABORTED meanwhile.
 */
export class Calls {
  readonly #logger: Logger;
  readonly #limitMs: number;
  readonly #underWay = new Map<string, WorkUnderWay>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #stop = new AbortController();

  constructor({ logger, limitMs }: CallsOptions) {
    this.#logger = logger;
    this.#limitMs = limitMs;
  }

  /** What grpc-js takes for a service. A call of the interface that is not served is UNIMPLEMENTED. */
  implement(methods: readonly GrpcMethod[], served: ServedMethods): UntypedServiceImplementation {
    const handlers: Record<string, handleUnaryCall<Uint8Array, Buffer>> = {};
    for (const method of methods) {
      const one = served[method.name];
      if (one === undefined) continue;
      handlers[method.name] = (call, callback) => {
        void this.#answer(method, one, call.request).then((answer) => {
          if (Buffer.isBuffer(answer)) callback(null, answer);
          else callback(answer);
        });
      };
    }
    return handlers;
  }

  /** Stops what is under way, and resolves when all of it has ended. */
  async close(): Promise<void> {
    const problem = 'the driver ends';
    this.#stop.abort(new OperationError({ code: 'cancelled', attempted: 'serve the call', problem }));
    await Promise.allSettled(this.#running);
  }

  /** The bytes of the answer, or an error with a status. Never rejects. */
  async #answer(
    method: GrpcMethod,
    served: ServedMethod,
    bytes: Uint8Array,
  ): Promise<Buffer | ReturnType<typeof callError>> {
    let about = '';
    try {
      const prepared = served.prepare(decode(method, bytes), `answer ${method.name}`);
      if (prepared.subject !== undefined) about = ` (${prepared.subject})`;
      const answer = method.encodeAnswer(await this.#perform(method.name, prepared));
      this.#logger.debug(`${method.name}${about}: done`);
      return answer;
    } catch (thrown) {
      const error = callError(thrown, served.conflict);
      const line = `${method.name}${about}: ${status[error.code]}: ${error.details}`;
      if (isWorthAttention(error.code)) this.#logger.warn(line);
      else this.#logger.debug(line);
      return error;
    }
  }

  async #perform(method: string, call: PreparedCall): Promise<object> {
    if (this.#stop.signal.aborted) throw abortReason(this.#stop.signal);
    const { subject, request } = call;
    if (subject === undefined) return this.#start(method, call);
    const other = this.#underWay.get(subject);
    if (other === undefined) {
      const done = this.#start(method, call);
      this.#underWay.set(subject, { method, request, done });
      try {
        return await done;
      } finally {
        this.#underWay.delete(subject);
      }
    }
    if (other.method === method && isDeepStrictEqual(other.request, request)) return other.done;
    throw new StatusError(
      status.ABORTED,
      `${method}: ${other.method} is still under way for ${subject}. Repeat the call later.`,
    );
  }

  async #start(method: string, call: PreparedCall): Promise<object> {
    const limit = deadlineAfter(this.#limitMs, method, undefined, this.#stop.signal);
    const progress = (line: string): void => this.#logger.debug(`${method}: ${line}`);
    const done = run(call, { signal: limit.signal, progress });
    this.#running.add(done);
    try {
      return await done;
    } finally {
      this.#running.delete(done);
      limit.clear();
    }
  }
}

/** Async, so that what is thrown at once rejects too. */
async function run(call: PreparedCall, context: Parameters<PreparedCall['run']>[0]): Promise<object> {
  return call.run(context);
}

function decode(method: GrpcMethod, bytes: Uint8Array): unknown {
  try {
    return method.decodeRequest(bytes);
  } catch (thrown) {
    const problem = 'the bytes are no such message';
    throw new OperationError({
      code: 'invalid-input',
      attempted: `read the request of ${method.name}`,
      problem,
      cause: thrown,
    });
  }
}

/** Orchestrators ask again while work is under way, and for what is not there any more; that fills no log. */
function isWorthAttention(code: status): boolean {
  return code !== status.ABORTED && code !== status.NOT_FOUND;
}
