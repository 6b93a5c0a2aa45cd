import type { HostLifecycle } from '../host/index.js';
import type { CallContext } from '../provider/index.js';
import { OperationError, type Clock, type Logger } from '../support/index.js';
import { Addresses } from './addresses.js';
import { HostConnection, type ConnectionSource } from './host-connection.js';
import type { HostStore } from './host-record.js';
import { Observation, type GuestProbe } from './observation.js';
import { eachOnce, OperationQueue } from './operation-queue.js';

/** What is left of the time limit for switching off, when a guest has used up all its time to shut down, ms. */
const AFTER_SHUTDOWN = 30_000;

export interface SessionLog extends Logger {
  /** From now on `info` and `warn` are shown to the user, until the function that is returned is called. */
  aloud(): () => void;
}

export interface SessionDependencies {
  readonly store: HostStore;
  readonly source: ConnectionSource;
  readonly guestAnswers: GuestProbe;
  readonly log: SessionLog;
  readonly clock: Clock;
  /** The host is reached at another address than before. */
  readonly onAddressChange: (before: string, now: string) => void;
}

type Work = (hosts: HostLifecycle, context: CallContext) => Promise<void>;

/** What a front end may do to one host. Each operation reads the record when it begins and saves what it has learned. */
export class HostSession {
  readonly observation: Observation;
  readonly addresses: Addresses;
  readonly #deps: SessionDependencies;
  readonly #connection: HostConnection;
  readonly #queue = new OperationQueue();

  constructor(deps: SessionDependencies) {
    const { store, log, clock, guestAnswers } = deps;
    this.#deps = deps;
    this.#connection = new HostConnection(deps.source);
    const parts = { store, log, clock, guestAnswers, connection: this.#connection, queue: this.#queue };
    this.observation = new Observation(parts);
    this.addresses = new Addresses(store, this.observation, log);
  }

  /** Nothing is made but the identity, which has to be kept before `create` is called. */
  async prepare(signal: AbortSignal): Promise<void> {
    const { store } = this.#deps;
    await this.#change('prepare', signal, async (hosts, context) => {
      store.save({ prepared: await hosts.prepare(await store.spec(), context) });
    });
  }

  async create(signal: AbortSignal): Promise<void> {
    const { store } = this.#deps;
    await this.#change('create', signal, async (hosts, context) => {
      const known = store.prepared();
      const spec = await store.spec();
      const prepared = known ?? (await hosts.prepare(spec, context));
      if (known === undefined) store.save({ prepared });
      const { vmId, address } = await hosts.create(spec, prepared, context);
      store.save({ vmId });
      this.observation.learn('running', address);
    });
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#change('start', signal, async (hosts, context) => {
      const { identity, access } = this.#deps.store.read();
      this.#up(await hosts.start(identity, access, context));
    });
  }

  async stop(signal: AbortSignal): Promise<void> {
    const { limits } = this.#deps.store.read();
    const work: Work = async (hosts, context) => {
      await hosts.stop(this.#deps.store.read().identity, { stopTimeout: limits.shutdown }, context);
      this.observation.learn('stopped');
    };
    await this.#change('stop', signal, work, limits.shutdown + AFTER_SHUTDOWN);
  }

  async kill(signal: AbortSignal): Promise<void> {
    await this.#change('kill', signal, async (hosts, context) => {
      await hosts.kill(this.#deps.store.read().identity, context);
      this.observation.learn('stopped');
    });
  }

  async restart(signal: AbortSignal): Promise<void> {
    const { limits } = this.#deps.store.read();
    const work: Work = async (hosts, context) => {
      const { identity, access } = this.#deps.store.read();
      this.#up(await hosts.restart(identity, { ...access, stopTimeout: limits.shutdown }, context));
    };
    await this.#change('restart', signal, work, limits.shutdown + AFTER_SHUTDOWN);
  }

  async remove(signal: AbortSignal): Promise<void> {
    const { creationToken, vmId } = this.#deps.store.read().identity;
    // The identity is fixed before anything is made, so without one there is nothing; no need to sign in.
    if (creationToken === undefined && vmId === undefined) return;
    await this.#change('remove', signal, async (hosts, context) => {
      await hosts.remove(this.#deps.store.read().identity, context);
      this.observation.learn('not-found');
    });
  }

  /** Closes the connection; the next call makes a new one. Credentials or endpoint may have changed. */
  disconnect(): void {
    this.#connection.forget();
  }

  /**
   * Ends the session: aborts running operations, refuses later ones, and resolves to true when no operation runs any more, or
   * to false after `limit` ms. What the operations clean up is done by then.
   */
  async end(reason: OperationError, limit: number): Promise<boolean> {
    this.#queue.stop(reason);
    return await this.#queue.settled(limit);
  }

  /**
   * What every operation that changes the host needs, from the outside in: the mutex; log lines that the user sees; one
   * signal for its time limit, its client and the end of the session; the connection. What was known of the host's
   * state is forgotten before and after it. `atLeast`: ms that it gets even if the time limit is shorter.
   */
  async #change(verb: string, signal: AbortSignal, work: Work, atLeast = 0): Promise<void> {
    const { store, log } = this.#deps;
    const { title, limits } = store.read();
    const attempted = `${verb} ${title}`;
    const limit = Math.max(limits.operation, atLeast);
    const release = await this.#queue.acquire();
    const hush = log.aloud();
    const deadline = this.#queue.deadline({ attempted, limit, advice: limits.advice, signal });
    let hosts: HostLifecycle | undefined;
    try {
      deadline.signal.throwIfAborted();
      this.observation.forget();
      hosts = await this.#connection.hosts(deadline.signal);
      for (const warning of this.#connection.takeWarnings()) log.warn(warning);
      await work(hosts, { signal: deadline.signal, progress: eachOnce((line) => log.info(line)) });
    } catch (error) {
      // An error of the connection itself already says what the user has to change.
      const told = hosts === undefined ? error : this.#connection.refused(error);
      throw OperationError.from(told, attempted);
    } finally {
      this.#keepSpokenApi();
      this.observation.forgetAnswers();
      deadline.clear();
      hush();
      release();
    }
  }

  /** Also after an operation that failed: the next one need not find it out again. */
  #keepSpokenApi(): void {
    const { store } = this.#deps;
    const { spokenApi } = this.#connection;
    if (spokenApi !== undefined && spokenApi !== store.read().spokenApi) store.save({ spokenApi });
  }

  /** Called when the host runs; reports an address that differs from the one before. */
  #up(address: string): void {
    this.observation.learn('running', address);
    const before = this.observation.takeAddressBefore();
    if (before !== undefined) this.#deps.onAddressChange(before, address);
  }
}
