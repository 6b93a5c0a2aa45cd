import type { Vm } from '../../provider/index.js';
import { hasCode, type Clock } from '../../support/index.js';

/** One VM that is to be read: by its id; lists that cannot be asked for ids are asked for names. */
export interface WantedRead {
  readonly id: string;
  readonly name: string;
}

export interface VmReader {
  /** Fewer than these are read one by one, which takes no longer than a list of them and asks a large cloud for none. */
  readonly worthAList: number;
  /** So many are in one list; absent = all of them. Few more than that are read one by one while it is under way. */
  readonly inAList?: number | undefined;
  /** Reads the one; undefined = the cloud is sure that there is none. */
  one(signal: AbortSignal): Promise<Vm | undefined>;
  /** Reads these by as few lists as possible, by id; one that is not found there is left out. */
  many(wanted: readonly WantedRead[], signal: AbortSignal): Promise<ReadonlyMap<string, Vm>>;
}

interface Question {
  readonly wanted: WantedRead;
  readonly reader: VmReader;
  readonly signal: AbortSignal;
  readonly resolve: (answer: Vm | Promise<Vm | undefined>) => void;
}

/** Questions of one `ls` come within this of one another, ms; a single one does not wait. */
const GAP = 15;
/** A server that refused a list is asked one by one for so long, ms. */
const ONE_BY_ONE = 60_000;

/**
 * Reads that are asked for together are made together: many by one list. An answer is never one that was read before its
 * question: a read that is under way when a question comes does not answer it, the next one does. What a list does not
 * show, or a list that is refused, is read one by one, so that the answer is always that of a read of the VM.
 */
export class JoinedReads {
  readonly #clock: Clock;
  /** How many sessions are open: with more than one, more questions may be on their way. */
  readonly #sessions: () => number;
  #waiting: Question[] = [];
  #isRunning = false;
  #onAllAsked: () => void = () => undefined;
  #listsAgainAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, sessions: () => number) {
    this.#clock = clock;
    this.#sessions = sessions;
  }

  async read(wanted: WantedRead, reader: VmReader, signal: AbortSignal): Promise<Vm | undefined> {
    if (this.#sessions() <= 1) return await reader.one(signal);
    return await new Promise((resolve) => {
      // Whatever becomes of the shared read, the caller's own time counts: a read of its own says so in its own words.
      const giveUp = (): void => resolve(reader.one(signal));
      signal.addEventListener('abort', giveUp, { once: true });
      const answered = (answer: Vm | Promise<Vm | undefined>): void => {
        signal.removeEventListener('abort', giveUp);
        resolve(answer);
      };
      this.#waiting.push({ wanted, reader, signal, resolve: answered });
      if (this.#haveAllAsked) this.#onAllAsked();
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      while (this.#waiting.length > 0) {
        await this.#gathered();
        const questions = this.#waiting;
        this.#waiting = [];
        await this.#answer(questions);
      }
    } finally {
      this.#isRunning = false;
    }
  }

  /** Resolves when every session has asked, or no question has come for a moment. */
  async #gathered(): Promise<void> {
    const allAsked = new Promise<void>((resolve) => (this.#onAllAsked = resolve));
    for (let before = -1; before !== this.#waiting.length && !this.#haveAllAsked;) {
      before = this.#waiting.length;
      await Promise.race([this.#clock.sleep(GAP), allAsked]);
    }
  }

  get #haveAllAsked(): boolean {
    return this.#waiting.length >= this.#sessions();
  }

  async #answer(questions: readonly Question[]): Promise<void> {
    const open = questions.filter(({ signal }) => !signal.aborted);
    const [first] = open;
    const areListsRefused = this.#clock.now() < this.#listsAgainAt;
    const count = first === undefined || areListsRefused ? 0 : worthListing(open.length, first.reader);
    const listed = open.slice(0, count);
    const few = open.slice(count).map(answerOne);
    const found = first !== undefined && count > 0 ? await this.#listed(first.reader, listed) : undefined;
    const rest = listed.filter(({ wanted, resolve }) => {
      const answer = found?.get(wanted.id);
      if (answer !== undefined) resolve(answer);
      return answer === undefined;
    });
    await Promise.all([...few, ...rest.map(answerOne)]);
  }

  /** Given up when no caller waits any more; undefined = the list is of no use. */
  async #listed(reader: VmReader, open: readonly Question[]): Promise<ReadonlyMap<string, Vm> | undefined> {
    const abandoned = new AbortController();
    const watch = (): void => {
      const reason: unknown = open[0]?.signal.reason;
      if (open.every(({ signal }) => signal.aborted)) abandoned.abort(reason);
    };
    for (const { signal } of open) signal.addEventListener('abort', watch, { once: true });
    try {
      return await reader.many(
        open.map(({ wanted }) => wanted),
        abandoned.signal,
      );
    } catch (error) {
      // A server that does not answer at all gives each of the callers its own error.
      if (!hasCode(error, 'unreachable', 'timeout', 'cancelled', 'unauthenticated')) {
        this.#listsAgainAt = this.#clock.now() + ONE_BY_ONE;
      }
      return undefined;
    } finally {
      for (const { signal } of open) signal.removeEventListener('abort', watch);
    }
  }
}

/** How many of so many are read by lists. */
function worthListing(count: number, { worthAList, inAList = Number.POSITIVE_INFINITY }: VmReader): number {
  const beyond = count % inAList;
  return beyond < worthAList ? count - beyond : count;
}

/** By a read of its own. Never rejects: the caller of the question gets the error. */
async function answerOne({ reader, signal, resolve }: Question): Promise<void> {
  const single = reader.one(signal);
  resolve(single);
  await single.catch(() => undefined);
}
