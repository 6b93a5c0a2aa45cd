/**
 * Keeps the number of open connections bounded. A client needs one, and calls at once. So when all seats are taken, a
 * newcomer gets the seat of the connection that has been there longest without a call; where all have called, there is
 * none for it. A client at work is never ended for others.
 */
export class Seats<Guest> {
  readonly #limit: number;
  /** Guests in the order in which they came. */
  readonly #silent = new Set<Guest>();
  readonly #calling = new Set<Guest>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** What has to be ended now: another guest, the newcomer itself, or undefined = there is room. */
  take(newcomer: Guest): Guest | undefined {
    if (this.#silent.size + this.#calling.size < this.#limit) {
      this.#silent.add(newcomer);
      return undefined;
    }
    const [longest] = this.#silent;
    if (longest === undefined) return newcomer;
    this.#silent.delete(longest);
    this.#silent.add(newcomer);
    return longest;
  }

  /** The guest has made a call. */
  called(guest: Guest): void {
    if (this.#silent.delete(guest)) this.#calling.add(guest);
  }

  leave(guest: Guest): void {
    this.#silent.delete(guest);
    this.#calling.delete(guest);
  }
}
