/** What holds bytes of requests, and how it is ended when all together hold too many. */
export interface ByteHolder {
  /** Must let go of the bytes. `problem` says why, for the log. */
  readonly giveUp: (problem: string) => void;
}

/**
 * Bytes of requests that were not answered, of all connections of a server together. One connection may hold as much as its limits
 * allow, but a thousand may not hold a thousand times as much. Over the budget, whichever holds most is ended: a client
 * that sends ordinary requests holds next to nothing and is never the one.
 */
export class ByteBudget {
  readonly #maxBytes: number;
  readonly #held = new Map<ByteHolder, number>();
  #total = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes that all holders have together. */
  get total(): number {
    return this.#total;
  }

  /** Says how many bytes the holder has now; 0 = it is forgotten. */
  note(holder: ByteHolder, bytes: number): void {
    this.#total += bytes - (this.#held.get(holder) ?? 0);
    if (bytes === 0) this.#held.delete(holder);
    else this.#held.set(holder, bytes);
    while (this.#total > this.#maxBytes) this.#endGreediest();
  }

  #endGreediest(): void {
    const [greediest] = [...this.#held].reduce((most, next) => (next[1] > most[1] ? next : most));
    const bytes = this.#held.get(greediest) ?? 0;
    this.note(greediest, 0);
    greediest.giveUp(
      `ended: it holds ${bytes} bytes of unanswered requests, and all connections together more than ${this.#maxBytes}`,
    );
  }
}
