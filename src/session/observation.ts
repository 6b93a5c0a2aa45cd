import type { HostLifecycle, HostObservation, HostState } from '../host/index.js';
import { hasCode, OperationError, type Clock, type Logger } from '../support/index.js';
import type { HostConnection } from './host-connection.js';
import type { HostRecord, HostStore } from './host-record.js';
import { eachOnce, type OperationQueue } from './operation-queue.js';

/** Clients that ask for the state poll or wait: an answer that takes longer is of no use. ms. */
const STATE_LIMIT = 2_500;
/**
 * `ls` asks all machines for their URL at once and gives each 10 s. Hundreds of plugins that sign in at the
 * same time on a few cores need some of that; a cloud that is down is noticed much sooner. ms.
 */
export const URL_LIMIT = 5_000;
/** Clients request URL and state right after one another; one request answers both. Polls are 3 s apart. ms. */
const FRESH = 1_000;
/** For how long the outcome of an operation of this process needs no second request, ms. */
const LEARNED = 60_000;

/** Whether the guest at `address` accepts a connection at one of these ports; asks no cloud. */
export type GuestProbe = (address: string, ports: readonly number[], signal: AbortSignal) => Promise<boolean>;

/** A state, and why the cloud could not be asked for it, if it could not. */
export interface ObservedState {
  readonly state: HostState;
  readonly reason?: OperationError | undefined;
}

export interface ObservationParts {
  readonly store: HostStore;
  readonly connection: HostConnection;
  readonly queue: OperationQueue;
  readonly guestAnswers: GuestProbe;
  readonly log: Logger;
  readonly clock: Clock;
}

/** One request for the state, and when it was answered. */
interface Request {
  readonly answer: Promise<ObservedState>;
  answeredAt?: number;
}

/** The state of the host as it is seen. Never speaks to the user: programs read these commands' output. */
export class Observation {
  readonly #parts: ObservationParts;
  #request: Request | undefined;
  #learned: { readonly state: HostState; readonly at: number } | undefined;
  #hasRead = false;
  #addressBefore: string | undefined;

  constructor(parts: ObservationParts) {
    this.#parts = parts;
  }

  /** What was seen no longer holds: an operation begins that changes the host. */
  forget(): void {
    this.forgetAnswers();
    this.#learned = undefined;
  }

  /** What the cloud answered no longer holds: such an operation has ended. */
  forgetAnswers(): void {
    this.#request = undefined;
  }

  /** An operation has just brought the host into this state, or found it at this address. */
  learn(state: HostState, address?: string): void {
    this.forgetAnswers();
    this.#learned = { state, at: this.#parts.clock.now() };
    this.#hasRead = true;
    this.#remember({ state, address });
  }

  /** An operation of this process has brought the host into its state not long ago. */
  get isLearned(): boolean {
    return this.#learned !== undefined && this.#parts.clock.now() - this.#learned.at < LEARNED;
  }

  /** This process has read the VM, or tried to. */
  get hasRead(): boolean {
    return this.#hasRead;
  }

  /** The address of before, where another one was found since this was asked last. */
  takeAddressBefore(): string | undefined {
    const before = this.#addressBefore;
    this.#addressBefore = undefined;
    return before === this.#parts.store.read().access.knownAddress ? undefined : before;
  }

  /**
   * The state now; calls in one breath share the request. When the cloud cannot be asked, a guest that answers
   * is a host that runs, which keeps SSH working; otherwise the state is not known, and the error says why.
   * What was seen earlier is never given out as the present state.
   *
   * `limit`: time for the cloud, ms; the guest has another second.
   */
  async state(signal: AbortSignal, limit = STATE_LIMIT): Promise<ObservedState> {
    const request = this.#freshRequest() ?? this.#newRequest(signal, limit);
    this.#request = request;
    this.#hasRead = true;
    try {
      return await request.answer;
    } finally {
      request.answeredAt ??= this.#parts.clock.now();
      // A request that ended with the connection of one client must not fail the call of another client.
      if (signal.aborted && this.#request === request) this.#request = undefined;
    }
  }

  /** The last request, while it is open and shortly after it was answered. */
  #freshRequest(): Request | undefined {
    const answeredAt = this.#request?.answeredAt;
    const isOld = answeredAt !== undefined && this.#parts.clock.now() - answeredAt > FRESH;
    return isOld ? undefined : this.#request;
  }

  #newRequest(signal: AbortSignal, limit: number): Request {
    // Meanwhile an operation may have made the answer old: then it is not remembered.
    const isStillCurrent = (): boolean => this.#request === request;
    const request: Request = { answer: this.#answer(signal, limit, isStillCurrent) };
    return request;
  }

  async #answer(signal: AbortSignal, limit: number, isStillCurrent: () => boolean): Promise<ObservedState> {
    const record = this.#parts.store.read();
    const attempted = `find the state of ${record.title}`;
    try {
      const found = await this.#requestState(record, attempted, limit, signal);
      if (isStillCurrent()) this.#remember(found);
      return { state: found.state };
    } catch (error) {
      if (signal.aborted || hasCode(error, 'cancelled')) throw error;
      return await this.#withoutCloud(OperationError.from(error, attempted), signal);
    }
  }

  /** One request beside the operations that change the host: with a time limit of its own, on the same connection. */
  async #requestState(
    { identity, access }: HostRecord,
    attempted: string,
    limit: number,
    signal: AbortSignal,
  ): Promise<HostObservation> {
    const { queue, connection, log } = this.#parts;
    const deadline = queue.deadline({ attempted, limit, signal });
    let hosts: HostLifecycle | undefined;
    try {
      deadline.signal.throwIfAborted();
      hosts = await connection.hosts(deadline.signal);
      const context = { signal: deadline.signal, progress: eachOnce((line) => log.debug(line)) };
      return await hosts.observe(identity, access, context);
    } catch (error) {
      throw OperationError.from(hosts === undefined ? error : connection.refused(error), attempted);
    } finally {
      deadline.clear();
    }
  }

  async #withoutCloud(reason: OperationError, signal: AbortSignal): Promise<ObservedState> {
    const { guestAnswers, log, store } = this.#parts;
    if (this.#learned !== undefined && this.isLearned) {
      const { state } = this.#learned;
      log.debug(`answering ${state}, which it has just become: ${reason.message}`);
      return { state, reason };
    }
    const record = store.read();
    const address = record.access.knownAddress;
    if (address === undefined) throw reason;
    if (!(await guestAnswers(address, record.openPorts, signal))) throw unknownState(record, address, reason);
    log.debug(`answering running, because the guest answers at ${address}: ${reason.message}`);
    return { state: 'running', reason };
  }

  #remember({ state, address }: HostObservation): void {
    const { store, log } = this.#parts;
    const known = store.read().access.knownAddress;
    if (address === undefined || address === known) {
      store.save({ state });
      return;
    }
    if (known !== undefined) {
      this.#addressBefore ??= known;
      log.debug(`the address has changed from ${known} to ${address}`);
    }
    store.save({ state, address });
  }
}

function unknownState(
  { title, lastState, openPorts }: HostRecord,
  address: string,
  reason: OperationError,
): OperationError {
  const attempted = `find the state of ${title}`;
  const before = lastState === undefined ? '' : ` (it was ${lastState} when last seen)`;
  const why = reason.attempted === attempted ? reason.problem : reason.message;
  return new OperationError({
    code: reason.code,
    attempted,
    problem:
      `its state is not known${before}: its guest does not answer at ${address}, port ${openPorts.join(' or ')}, ` +
      `and Prism Central cannot be asked: ${why}`,
    advice: reason.attempted === attempted ? reason.advice : undefined,
    cause: reason,
  });
}
