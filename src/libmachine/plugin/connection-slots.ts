/**
 * Keeps the number of open connections bounded. A client needs one, and makes calls at once. So when all slots are
 * taken, a new connection gets the slot of the one that has been open longest without a call. When all have made calls,
 * the new connection is refused: a connection that makes calls is never ended for another one.
 */
export class ConnectionSlots<Connection> {
  readonly #limit: number;
  /** In the order in which they were opened. */
  readonly #silent = new Set<Connection>();
  readonly #calling = new Set<Connection>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The connection that has to be ended now: an older one, the newcomer itself, or undefined = there is room. */
  admit(newcomer: Connection): Connection | undefined {
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

  /** The connection has made a call. */
  called(connection: Connection): void {
    if (this.#silent.delete(connection)) this.#calling.add(connection);
  }

  remove(connection: Connection): void {
    this.#silent.delete(connection);
    this.#calling.delete(connection);
  }
}
