/** Runs one piece of work at a time, in the order of the calls, whether the one before it succeeds or fails. */
export class SerialQueue {
  #last: Promise<void> = Promise.resolve();

  /** Settles as `work` does. A work that was handed in before is over by the time `work` begins. */
  run<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.then(ignore, ignore);
    return done;
  }

  /** Resolves when all work that has been handed in so far is over. Never rejects. */
  idle(): Promise<void> {
    return this.#last;
  }
}

/** A serial queue for each key: work under different keys runs side by side. Keys that have no work are forgotten. */
export class KeyedQueue<K = string> {
  readonly #queues = new Map<K, { readonly queue: SerialQueue; waiting: number }>();

  async run<T>(key: K, work: () => T | Promise<T>): Promise<T> {
    const entry = this.#queues.get(key) ?? { queue: new SerialQueue(), waiting: 0 };
    this.#queues.set(key, entry);
    entry.waiting += 1;
    try {
      return await entry.queue.run(work);
    } finally {
      entry.waiting -= 1;
      if (entry.waiting === 0) this.#queues.delete(key);
    }
  }

  /** Number of keys that have work. */
  get size(): number {
    return this.#queues.size;
  }
}

function ignore(): void {
  // The error belongs to the caller that handed the work in.
}
